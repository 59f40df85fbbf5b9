"""The calls that read conversations back, and their pages.

Here belong the Messaging REST API and the history; it imports rules, state and the API's
admission.
"""
