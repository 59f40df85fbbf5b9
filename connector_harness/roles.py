"""Who takes part in a conversation, in a reader's words."""

from typing import Final

WHO: Final = {
    "CONSUMER": "consumer",
    "ASSIGNED_AGENT": "agent",
    "AGENT": "agent",
    "MANAGER": "manager",
    "ASSIGNED_MANAGER": "manager",
    "AGENT_MANAGER": "manager",
    "READER": "reader",
    "CONTROLLER": "bot",
}
"""One word for each role that a notification gives. Source: API facts §9.7."""
