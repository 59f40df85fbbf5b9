"""What CI systems show: JUnit, summaries, annotations.

Here belongs what knows a CI system's format; it imports as the reports do.
"""
