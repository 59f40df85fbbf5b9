"""The Connector API locally, as it is documented to behave.

Here belongs no code of the client's side, and it imports nothing of ours. Loose here are what can
be assumed, the application, and what starts it; the rest has rooms.
"""
