"""Requests and responses: deadlines, sizes, connections, pauses, and what was exchanged.

Here belongs what any HTTP API would need; it imports the endpoint's settings and the redaction.
"""
