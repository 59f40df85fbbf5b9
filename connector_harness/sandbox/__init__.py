"""The Connector API on this machine, behaving as it is documented to."""
