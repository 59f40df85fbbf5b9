"""Feature files, tags, identity, step index, guard, hints, catalogue.

Here belongs what can be said of features and sentences without running them; it knows no pytest
and no API, and imports nothing of ours.
"""
