"""Wiring: the modules that define the sentences of the features."""

pytest_plugins = [
    "steps.batch",
    "steps.conversation",
    "steps.discovery",
    "steps.received",
    "steps.sign_in",
]
