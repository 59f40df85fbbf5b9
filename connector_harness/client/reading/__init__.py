"""Reads back what conversations hold, where no webhook tells.

Here belong the two documented ways to read, and messages as both tell them; it imports the
client.
"""
