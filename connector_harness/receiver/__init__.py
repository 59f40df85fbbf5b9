"""The webhook receiver: what the other side says, verified, judged and waited for."""
