"""The account of an endpoint: its guard, and the closing of what runs have opened there.

Here belongs what protects somebody's account; it imports the parts before it in the table of
`tests/test_layout.py`.
"""
