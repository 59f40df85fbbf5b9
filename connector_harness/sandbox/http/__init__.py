"""Calls and answers, free of any web framework.

Here belongs what every other room of the sandbox may use; it imports none of them.
"""
