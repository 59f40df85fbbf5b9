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
    "BRAND_BOT": "bot",
    "BOT": "bot",
}
"""One word for each role that a notification or an answer gives. Source: API facts §9.7, §15.1."""


def who(role: str | None) -> str:
    """Return the word for *role*; a role that no page names is a word of its own."""
    return WHO.get(role or "", (role or "somebody").lower().replace("_", " "))
