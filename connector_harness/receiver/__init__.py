"""Hears webhooks: verified, judged, waited for.

Here belongs the receiving side of notifications; it imports the endpoint's settings and the
wording.
"""
