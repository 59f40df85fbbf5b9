"""Readable scenarios for LivePerson's Connector API, and a sandbox to run them on."""
