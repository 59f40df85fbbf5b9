"""Tells subscribers: what, signed how, again when, given up when.

Here belongs what happens to a notification; it imports rules and state.
"""
