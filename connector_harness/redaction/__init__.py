"""What is secret, and how it is masked, wherever it stands and however it is encoded.

Here belongs what finds a secret in a text or a document; it knows no API and imports nothing of
ours.
"""
