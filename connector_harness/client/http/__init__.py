"""Requests and responses: deadlines, sizes, connections, pauses, and what was exchanged.

Here belongs what any HTTP API would need; it imports nothing else of ours.
"""
