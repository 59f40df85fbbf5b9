"""The living document: one page that can be read without anything else.

Here belongs what makes the page and its parts; it imports as the reports do.
"""
