"""Tells the subscribed apps: what, signed how, again when, given up when.

Here belongs what happens to a notification; it imports `state`, `rules` and `faults`.
"""
