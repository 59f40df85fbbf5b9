"""The other side of a conversation and of the way: agent, clock, faults, view, webhook apps.

Here belongs what scenarios steer beside the API, at the sandbox or at an endpoint; it imports the
client, the receiver and the redaction.
"""
