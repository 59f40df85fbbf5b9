"""Documents for people, made from the results on disk."""
