"""Speaks the Connector API: settings, sign-in, services, batches, events, files.

Here belongs what a connector does; it imports the redaction, and HTTP itself is in `http`.
"""
