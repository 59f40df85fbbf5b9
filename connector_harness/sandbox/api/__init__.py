"""The calls of the Connector API, a module for each thing that is called for.

Here a call is read, carried out by the rules, and answered; it imports `webhooks` and what that
may import. `context` is what all calls share.
"""
