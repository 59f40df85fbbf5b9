"""Who plays the agent, what goes wrong on the way, and the sandbox from outside."""
