"""What the API accepts, refuses and tells.

Here belongs a rule, once, tested without HTTP; it imports `state`.
"""
