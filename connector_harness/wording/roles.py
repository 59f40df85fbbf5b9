"""Who takes part in a conversation, in the words of the features."""

from typing import Final

from connector_harness.json_types import JsonValue

WHO: Final = {
    "CONSUMER": "shopper",
    "ASSIGNED_AGENT": "agent",
    "AGENT": "agent",
    "MANAGER": "manager",
    "ASSIGNED_MANAGER": "manager",
    "AGENT_MANAGER": "manager",
    "READER": "reader",
    "CONTROLLER": "robot",
    "BRAND_BOT": "robot",
    "BOT": "robot",
    "SYSTEM": "system",
}
"""One word for each role that a notification or an answer gives, and for who closes what was
silent. Source: API facts §9.7, §9.8, §15.1."""

_SEVERAL: Final = ("manager", "reader")


def who(role: str | None, *, in_survey: bool = False) -> str:
    """Return the word for *role*; a role that no page names is a word of its own.

    Args:
        role: The role as it travels.
        in_survey: Whether it is one in a survey, where a robot has the role of an agent.
    """
    if in_survey and role == "AGENT":
        return "robot"
    return WHO.get(role or "", (role or "somebody").lower().replace("_", " "))


def who_is(role: JsonValue, *, in_survey: bool = False) -> str:
    """Return who has *role*, as ``the shopper``, or ``a manager`` where there may be several."""
    if not isinstance(role, str) or not role.isprintable():
        return "somebody"
    word = who(role, in_survey=in_survey)
    if role not in WHO:
        return word
    return f"{'a' if word in _SEVERAL else 'the'} {word}"
