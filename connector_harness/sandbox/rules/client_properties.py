"""The Client-Properties header: what a client says about itself. Source: API facts §8."""

from collections.abc import Mapping
from dataclasses import dataclass

from connector_harness.json_types import JsonObject
from connector_harness.sandbox.http.bodies import BodyError, parse_json

HEADER = "client-properties"
TYPES = (".ams.headers.ClientProperties", ".ClientProperties", "ClientProperties")
_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class ClientProperties:
    """What one call announced; ``document`` is None where it announced nothing readable."""

    features: frozenset[str] = frozenset()
    document: JsonObject | None = None


def read_properties(headers: Mapping[str, str]) -> ClientProperties:
    """Return what the headers of a call announce.

    Clients send anything here, so what cannot be read is no fault but announces nothing.

    Args:
        headers: The headers of the call; the names are in lower case, or case is no matter.
    """
    text = headers.get(HEADER, "")
    try:
        document = parse_json(text.encode("latin-1"), deepest=_DEEPEST)
    except (BodyError, UnicodeEncodeError):
        return ClientProperties()
    if not isinstance(document, dict) or document.get("type") not in TYPES:
        return ClientProperties()
    features = document.get("features")
    names = features if isinstance(features, list) else []
    return ClientProperties(frozenset(name for name in names if isinstance(name, str)), document)
