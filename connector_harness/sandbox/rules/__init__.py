"""What the API accepts and how it tells of what it holds.

Here belongs a rule, once, tested without a call; it imports `http` and `state`.
"""
