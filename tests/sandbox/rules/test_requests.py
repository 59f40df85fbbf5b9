"""The sandbox and the schemas, which share no code, agree on what may be sent."""

from collections.abc import Callable, Iterator
from typing import Any, Final, cast

import pytest

from connector_harness.contract.differences import path_text
from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.api import fields, files, sending, signin
from connector_harness.sandbox.assumptions import Assumptions
from connector_harness.sandbox.rules import events, rules
from connector_harness.sandbox.rules.commands import METADATA
from connector_harness.sandbox.rules.events import element
from connector_harness.sandbox.rules.rules import profile_body
from connector_harness.sandbox.rules.shapes import array, members
from connector_harness.sandbox.webhooks.subscriptions import manifest
from tests.contract.test_schema_limits import LIMITS, Row
from tests.contract.test_schema_members import WORDS
from tests.schema_examples import (
    CONTRACT,
    EXAMPLES,
    Place,
    accepts,
    changed,
    example,
    places,
    value_at,
    without,
)

Judge = Callable[[Any], str | None]
ASSUMED: Final = Assumptions()


def event(document: JsonValue) -> str | None:
    """Return why a consumer may not publish an event, or None."""
    found = events.find_fault(document, "$", by_agent=False, assumptions=ASSUMED)
    is_file = isinstance(document, dict) and document.get("contentType") == events.FILE
    return found or (files._MESSAGE(value_at(document, ("message",)), "$") if is_file else None)  # noqa: SLF001


def field(body: Any) -> str | None:  # noqa: ANN401
    """Return why a field of a conversation may not be changed, or None."""
    given = body.get("conversationField")
    changes = given if isinstance(given, list) else [given]
    shape = array(fields._FIELD, least=1, most=ASSUMED.most_fields)  # noqa: SLF001
    return fields._BODY(body, "$") or shape(changes, "$")  # noqa: SLF001


def batched(place: int) -> Judge:
    """Return what judges the command at *place* of a batch."""
    return lambda document: rules._commands(ASSUMED)[place](document, "$")  # noqa: SLF001


def command(body: Judge) -> Judge:
    """Return what judges a command of a send call, whose body *body* judges."""
    return lambda document: sending._ENVELOPE(document, "$") or body(document["body"])  # noqa: SLF001


EVENTS: Final = sorted(
    {each.name for each in (EXAMPLES / "request").glob("*event")} - {"publish_event"}
)
"""The schemas of events: of each kind one, and of them all."""
TOLD: Final = "notification/event"
"""The schema of all events as webhooks tell them."""

APP: Final = members({"capabilities": members({"webhooks": manifest}, {})}, {})
JUDGES: Final[dict[str, Judge]] = {
    "set_user_profile": batched(0),
    "consumer_request_conversation": batched(1),
    "first_message": batched(2),
    "publish_event": command(lambda body: event(body.get("event"))),
    "update_conversation_field": command(field),
    "generate_upload_url": command(lambda body: files._UPLOAD(body, "$")),  # noqa: SLF001
    "generate_download_url": command(lambda body: files._DOWNLOAD(body, "$")),  # noqa: SLF001
    "conversation_field": lambda document: fields._FIELD(document, "$"),  # noqa: SLF001
    **dict.fromkeys(EVENTS, event),
    "metadata": lambda document: METADATA([document], "$"),
    "structured_content": lambda document: element(document, "$"),
    "engagement_attribute": lambda document: profile_body(ASSUMED)(
        {"authenticatedData": {"lp_sdes": [document]}}, "$"
    ),
    "consumer_token": lambda document: signin._CONSUMER_REQUEST(document, "$"),  # noqa: SLF001
    "app_manifest": lambda document: APP(document, "$"),
}
"""What of the sandbox judges what each schema of ``request/`` does."""

EASY: Final = frozenset(
    {
        "accept_status_event/refused-negative-number",
        "app_manifest/refused-retry-without-time",
        "consumer_request_conversation/refused-brand-left-as-placeholder",
        "consumer_request_conversation/refused-no-brand",
        "consumer_request_conversation/refused-skill-beside-body",
        "conversation_field/refused-participants-without-role",
        "conversation_field/refused-skill-as-number",
        "conversation_field/refused-unknown-participants-change",
        "event/refused-typing-with-a-text",
        "first_message/refused-dialog-named",
        "generate_download_url/refused-full-address",
        "hosted_file_event/refused-full-address",
        "hosted_file_event/refused-preview-without-media-type",
        "metadata/refused-answer-to-no-question",
        "metadata/refused-question-without-replies",
        "publish_event/refused-event-beside-body",
        "publish_event/refused-no-dialog",
        "rich_content_event/refused-content-twice",
        "set_user_profile/refused-number-as-id",
        "update_conversation_field/refused-dialog-beside-field",
    }
)
"""Examples that a schema refuses and the API may accept, as it may misspelt members."""

UNREAD: Final = {
    "consumer_request_conversation": ("$.body.brandId", "$.metadata[0]."),
    "set_user_profile": ("$.metadata[0].",),
    "app_manifest": (
        "$.client_name",
        "$.description",
        "$.grant_types",
        "$.scope",
        "$.capabilities",
    ),
    "conversation_field": ("$.type", "$.role", "$.skill"),
    "metadata": ("$.id", "$.groupId", "$.surveyId", "$.provider", "$.replies", "$.questionId"),
    "publish_event": ("$.body.dialogId", "$.body.conversationId", "$.metadata[0]."),
}
"""Members that the sandbox does not read there: it ignores them, or another rule judges them."""


def examples(kind: str) -> Iterator[str]:
    """Yield the names of the examples of requests that the sandbox judges."""
    for name in JUDGES:
        for file in sorted((EXAMPLES / "request" / name).glob(f"{kind}-*.json")):
            yield f"{name}/{file.stem}"


def judged(name: str, document: JsonValue) -> bool:
    """Return whether the sandbox accepts *document* as what the example *name* is."""
    return JUDGES[name.partition("/")[0]](document) is None


@pytest.mark.parametrize("name", [*examples("accepted")])
def test_accepted_example_is_accepted(name: str) -> None:
    """What a schema accepts the sandbox does."""
    assert judged(name, example(f"request/{name}"))


@pytest.mark.parametrize("name", [each for each in examples("refused") if "misspelt" not in each])
def test_refused_example_is_refused(name: str) -> None:
    """What a schema refuses the sandbox does, but for what the API may accept."""
    assert judged(name, example(f"request/{name}")) == (name in EASY)


@pytest.mark.parametrize("name", [*examples("accepted")])
def test_changed_example_is_judged_alike(name: str) -> None:
    """A member less, or a value of another kind, is refused by both or by neither."""
    document, base = example(f"request/{name}"), f"request/{name}"
    unread = UNREAD.get(name.partition("/")[0], ("(none)",))
    read = [path for path in places(document) if path and not path_text(path).startswith(unread)]
    others: list[tuple[Place, JsonValue]] = [((), "x")]
    others += [(path, changed(base, path, _other(value_at(document, path)))) for path in read]
    others += [(path, without(base, path)) for path in read if isinstance(path[-1], str)]

    differing = [
        path_text(path) for path, each in others if judged(name, each) != accepts(each, base)
    ]

    assert differing == []


@pytest.mark.parametrize(
    "name", [each for each in examples("accepted") if each.partition("/")[0] in EVENTS]
)
def test_published_event_can_be_told(name: str) -> None:
    """The schema of what webhooks tell accepts it, and misses what a request may not leave out."""
    base, document = f"request/{name}", cast("JsonObject", example(f"request/{name}"))
    told = events.as_published(document)
    needed = [
        each for each in told if not (each in document and accepts(without(base, (each,)), base))
    ]

    assert CONTRACT.differences(told, TOLD) == []
    for each in needed:
        assert CONTRACT.differences({key: told[key] for key in told if key != each}, TOLD), each


def _other(value: JsonValue) -> JsonValue:
    return "x" if isinstance(value, dict | list) else {}


LENIENT: Final = frozenset(
    {
        *("brand id, a digit", "brand id, a string", "dialog id, shortest", "dialog id, longest"),
        *("conversation of a dialog, longest", "receipt's number, least", "client name"),
        *("dialog to close, longest", "file size, a digit", "file size, least", "path to a file"),
        "preview",
    }
)
"""Limits of the schemas that are not the API's, or are judged elsewhere."""
READ: Final = {
    name: row
    for name, row in LIMITS.items()
    if row[0].startswith("request/") and row[0].split("/")[1] in JUDGES and name not in LENIENT
}


@pytest.mark.parametrize("row", READ.values(), ids=READ)
def test_limits_are_the_same(row: Row) -> None:
    """The last value inside of a limit is accepted, the next one refused."""
    base, path, *values = row
    found = [judged(base.removeprefix("request/"), changed(base, path, each)) for each in values]

    assert found == [True, False]


SPOKEN: Final = [
    (base, path, words)
    for base, path, words in WORDS
    if base.startswith("request/")
    and base.split("/")[1] in JUDGES
    and path_text(path) not in UNREAD.get(base.split("/")[1], ())
]


@pytest.mark.parametrize(("base", "path", "words"), SPOKEN)
def test_words_are_the_same(base: str, path: Place, words: str) -> None:
    """Every word that a schema has is accepted, in its spelling only."""
    name = base.removeprefix("request/")
    refused = [each for each in words.split() if not judged(name, changed(base, path, each))]

    assert refused == []
    assert not judged(name, changed(base, path, words.partition(" ")[0].swapcase()))
