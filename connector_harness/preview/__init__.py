"""What scenarios would send, shown without sending it."""
