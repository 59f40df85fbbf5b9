"""The sentences of the features."""
