"""The calls of the API: a handler parses, asks the rules, renders.

Here belongs one module for each kind of call; it imports rules, state, faults and webhooks.
"""
