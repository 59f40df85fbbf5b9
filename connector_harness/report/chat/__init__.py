"""Conversations as a chat, in text and for pages.

Here belongs what turns exchanges and notifications into lines of a talk; it imports as the
reports do.
"""
