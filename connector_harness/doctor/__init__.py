"""Examines an endpoint step by step, and says of each what to do where it fails.

Here belongs one module for each thing that can be wrong with an endpoint; it imports the client,
the receiver, the control and the redaction, and asks pytest in a process of its own.
"""
