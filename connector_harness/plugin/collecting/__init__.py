"""Features in, scenarios out: files, lines, shards, plans, and what cannot run here.

Here belongs what decides which scenarios there are and which run.
"""
