"""The ids of the account under test, its skills and its campaigns, by the names of settings."""

import difflib
import re
import zlib
from collections.abc import Mapping
from typing import Final

from connector_harness.client.settings import Endpoint
from connector_harness.json_types import JsonObject, JsonValue

KINDS: Final = ("skill", "campaign", "engagement")
"""What a placeholder can name, beside the account's id."""

_NAMED: Final = re.compile(
    rf"\{{(?:accountid|(?P<kind>{'|'.join(KINDS)}):(?P<name>[^\s{{}}:=][^{{}}:=]*)"
    r"(?:=(?P<otherwise>-?\d+))?)\}"
)
_ASKED: Final[dict[str, str]] = {}
"""The name under which a sentence has asked for each skill, by its id."""

_BRACES: Final = re.compile(r"\{[^{}]*\}")


def skill_id(endpoint: Endpoint, name: str, otherwise: str | None = None) -> str:
    """Return the id of the skill that the settings call *name*; else *otherwise*, or one made up.

    What is made up is made from the name, so it is the same in every run.
    """
    id_ = endpoint.skills.get(name) or otherwise or _made_up(name)
    _ASKED[id_] = name
    return id_


def named_skills(text: str) -> str:
    """Return *text* with each skill called as the sentences call it, not by its id."""
    return re.sub(
        r"\b(skill '?)(-?\d+)\b", lambda told: f"{told[1]}{_ASKED.get(told[2], told[2])}", text
    )


def campaign(endpoint: Endpoint, name: str) -> str:
    """Return ``campaign/engagement`` as the settings have it for *name*; else both made up."""
    return endpoint.campaigns.get(name) or f"{_made_up(name)}/{_made_up(f'{name}, engagement')}"


def for_account(document: JsonObject, endpoint: Endpoint) -> JsonObject:
    """Return *document* with what the account under test has in the place of each placeholder.

    ``{accountid}`` stands for the account's id; ``{skill:billing}``, ``{campaign:spring}`` and
    ``{engagement:spring}`` for ids by the names of the settings. Of other names the id is made up,
    or follows the name, as in ``{skill:anybody=-1}``. A member whose engagement the settings do
    not name beside its campaign is left out.
    """
    return {
        member: _filled(value, endpoint)
        for member, value in document.items()
        if not _is_without_engagement(value, endpoint)
    }


def placeholder_problem(value: JsonValue) -> str:
    """Return what is wrong with the placeholders in *value*; empty where nothing is."""
    if isinstance(value, str):
        wrong = (found[0] for found in _BRACES.finditer(value) if not _NAMED.fullmatch(found[0]))
        return "; ".join(f"it has no placeholder {each}, {_meant(each)}" for each in wrong)
    within = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return "; ".join(problem for each in within if (problem := placeholder_problem(each)))


def _made_up(name: str) -> str:
    return str(zlib.crc32(name.encode()) % 10**9)


def _filled(value: JsonValue, endpoint: Endpoint) -> JsonValue:
    if isinstance(value, str):
        return _NAMED.sub(lambda found: _id(found.groupdict(), endpoint), value)
    if isinstance(value, list):
        return [_filled(each, endpoint) for each in value]
    return for_account(value, endpoint) if isinstance(value, dict) else value


def _id(parts: Mapping[str, str | None], endpoint: Endpoint) -> str:
    kind, name, otherwise = parts["kind"], str(parts["name"]), parts["otherwise"]
    if kind is None:
        return endpoint.account
    if kind == "skill":
        return skill_id(endpoint, name, otherwise)
    if otherwise and name not in endpoint.campaigns:
        return otherwise
    return campaign(endpoint, name).split("/")[kind == "engagement"]


def _is_without_engagement(value: JsonValue, endpoint: Endpoint) -> bool:
    found = _NAMED.fullmatch(value) if isinstance(value, str) else None
    if found is None or found["kind"] != "engagement":
        return False
    return "/" not in endpoint.campaigns.get(found["name"], "/")


def _meant(placeholder: str) -> str:
    """Return what whoever wrote *placeholder* can write instead."""
    kind, _, name = placeholder.strip("{}").partition(":")
    shapes = {"accountid": "{accountid}"}
    shapes |= {known: f"{{{known}:{name.strip() or 'NAME'}}}" for known in KINDS}
    close = difflib.get_close_matches(kind.strip().lower(), shapes, n=1)
    if close and _NAMED.fullmatch(shapes[close[0]]):
        return f"did you mean {shapes[close[0]]}?"
    return f"write one of: {{accountid}}, {', '.join(f'{{{known}:NAME}}' for known in KINDS)}"
