"""One scenario: its steps, fixtures, exchanges and notifications.

Here belongs what runs sentences; pytest-bdd is known in `bdd` alone.
"""
