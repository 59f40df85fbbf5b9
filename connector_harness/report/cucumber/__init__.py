"""Cucumber's messages.

Here belongs what knows that format; it imports as the reports do.
"""
