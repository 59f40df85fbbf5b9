"""Calls and answers as values, and the reading of bodies.

Here belongs what is said of HTTP without serving it; it imports nothing of the sandbox.
"""
