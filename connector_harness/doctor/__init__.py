"""Looks over an endpoint before the first run, or when something is odd: one line a check."""
