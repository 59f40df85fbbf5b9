"""The files that both Allures read.

Here belongs what knows Allure's format; it imports as the reports do.
"""
