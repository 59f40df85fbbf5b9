"""Every word and every status that the API documents is exercised by at least one scenario.

The words are those of the schemas: each value of an ``enum`` or a ``const``. What was exercised is
read from the Allure results of one run of all features.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

from connector_harness.contract import ANSWERS
from connector_harness.documents import JsonObject, JsonValue
from connector_harness.plugin.evidence import REQUESTS
from connector_harness.schemas import parts, read_schemas
from tests.schema_examples import CONTRACT, FOLDER, changed, example

ROOT = Path(__file__).parent.parent
TIMEOUT_S = 600
SCHEMAS, REGISTRY = read_schemas(FOLDER)

UNREACHABLE = {
    "notification/conversation_details role '*MANAGER'": (
        "no manager takes part: the sandbox plays one agent, a survey and the greeting"
    ),
    "notification/conversation_details type '*'": (
        "accounts have no working hours here, so no answer is delayed by night or holiday"
    ),
    "notification/conversation_state type 'DELETE'": "nothing deletes a conversation",
    "notification/dialog state 'SUGGESTED'": "agents join here, none is only suggested",
    "notification/event fileType 'IMG'": "stands in the official schema only",
    "notification/event fileType 'PDF'": "stands in the official schema only",
    "notification/event fileType 'TXT'": "stands in the official schema only",
    "notification/messaging_event_change messageAudience 'AGENTS_AND_MANAGERS'": (
        "what agents say to each other is not for a connector"
    ),
    "request/app_token grant_type 'client_credentials'": (
        "the client names the grant in the address, the other documented place"
    ),
    "response/app_token token_type 'Bearer'": (
        "the results mask the token beside it, so that what is left is no sound answer"
    ),
    "response/authentication_error code 400": (
        "tolerated beside the documented 401, which is what the sandbox says"
    ),
    "app_token → 429": "whoever is told to wait five seconds for it is shown by the client's tests",
    "generate_*_url → 429": "commands are throttled alike, and messages show it",
    "set_user_profile → 429": "commands are throttled alike, and messages show it",
    "update_conversation_field → 429": "commands are throttled alike, and messages show it",
    "app_token → 400": "the sandbox refuses with 401; which of the two it is, no page says",
    "domain → 401": "a run has one account, and there is one",
    "domains → 40?": "a run has one account, and there is one",
}
"""What no scenario can exercise, as it would be listed or as a pattern, and why."""

TITLE = re.compile(r"(?P<method>[A-Z]+) …/.* → (?P<status>\d{3})")
OPERATIONS = {
    r"POST .*/conversation": "create_conversation",
    r"POST .*/app/token": "app_token",
    r"POST .*/consumer": "consumer_token",
    r"GET .*/service/baseURI\.json": "domains",
    r"GET .*/service/[^/]+/baseURI\.json": "domain",
    r"PUT /.*/AUTH_async-images/.*": "put_file",
    r"GET /.*/AUTH_async-images/.*": "get_file",
}
"""The operation behind a call, by method and path; that of a command sent tells its type."""

COMMANDS = {
    "ms.PublishEvent": "publish_event",
    "cm.UpdateConversationField": "update_conversation_field",
    "ms.GenerateURLForUploadFile": "generate_upload_url",
    "ms.GenerateURLForDownloadFile": "generate_download_url",
    "userprofile.SetUserProfile": "set_user_profile",
}


@dataclass(frozen=True)
class Call:
    """An exchange as the results show it.

    Attributes:
        operation: What it was for; empty where it is no call of the API.
        status: The HTTP status of its answer.
        request: The document sent; None if there was none.
        answer: The document received; None if there was none.
        properties: What the header Client-Properties said; None if it was not sent.
    """

    operation: str
    status: int
    request: JsonValue = None
    answer: JsonValue = None
    properties: JsonValue = None


class Vocabulary:
    """The words of the schemas, and which of them sound documents have held.

    Places of one folder whose member and choice of words are the same share their words: a role
    is a role wherever it stands.
    """

    def __init__(self) -> None:
        self.exercised: set[str] = set()
        self._noted: set[str] = set()
        self._labels = dict(_labels())
        self._class: type[Draft202012Validator] = extend(  # type: ignore[no-untyped-call]
            Draft202012Validator, {"enum": self._enum, "const": self._const}
        )

    @property
    def words(self) -> set[str]:
        """Every word, as ``request/chat_state_event chatState 'PAUSE'``."""
        found = (part for name in SCHEMAS for _, part in _choices(name))
        return {f"{self._labels[id(part)]} {word!r}" for part in found for word in _words(part)}

    def read(self, document: JsonValue, name: str) -> None:
        """Note the words of *document*, unless it is off the schema called *name*."""
        self._noted = set()
        validator = self._class(SCHEMAS[name], registry=REGISTRY)
        if not list(validator.iter_errors(document)):
            self.exercised |= self._noted

    def _enum(
        self, validator: Validator, words: list[JsonValue], value: JsonValue, schema: JsonObject
    ) -> Iterator[ValidationError]:
        self._note(words, value, schema)
        yield from Draft202012Validator.VALIDATORS["enum"](validator, words, value, schema)

    def _const(
        self, validator: Validator, word: JsonValue, value: JsonValue, schema: JsonObject
    ) -> Iterator[ValidationError]:
        self._note([word], value, schema)
        yield from Draft202012Validator.VALIDATORS["const"](validator, word, value, schema)

    def _note(self, words: list[JsonValue], value: JsonValue, schema: JsonObject) -> None:
        label = self._labels.get(id(schema))
        if label is not None and value in words:
            self._noted.add(f"{label} {value!r}")


def _words(part: JsonObject) -> list[JsonValue]:
    words = part["enum"] if "enum" in part else [part["const"]]
    assert isinstance(words, list)
    return words


def _choices(name: str) -> Iterator[tuple[str, JsonObject]]:
    """Yield each choice of words in the schema *name*; what picks a branch is none of its own."""
    for pointer, part in parts(SCHEMAS[name]):
        if ("enum" in part or "const" in part) and "/if/" not in pointer:
            yield pointer, part


def _labels() -> Iterator[tuple[int, str]]:
    """Yield what each choice of words is called: by the first place with the same."""
    first: dict[tuple[str, str, str], str] = {}
    for name in SCHEMAS:
        for pointer, part in _choices(name):
            member = pointer.removesuffix("/items").rpartition("/")[2]
            key = (name.partition("/")[0], member, json.dumps(_words(part)))
            yield id(part), first.setdefault(key, f"{name} {member}")


@dataclass
class Exercise:
    """What the scenarios of a run have exercised.

    Attributes:
        folder: The Allure results.
        calls: How often each status was answered, as ``publish_event → 200``.
    """

    folder: Path
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    statuses: set[str] = field(default_factory=set)

    def read(self) -> "Exercise":
        """Read what the passed scenarios sent, were answered and were notified of."""
        for file in sorted(self.folder.glob("*-result.json")):
            result = json.loads(file.read_text(encoding="utf-8"))
            if result["status"] == "passed":
                self._step(result)
        return self

    def _step(self, step: dict[str, Any]) -> None:
        title = TITLE.fullmatch(step["name"])
        if title is not None:
            self.call(self._call(step, title["method"], int(title["status"])))
        for _, document in self._documents(step):
            for each in document if isinstance(document, list) else [document]:
                self.notification(each)
        for part in step.get("steps", ()):
            self._step(part)

    def _documents(self, step: dict[str, Any]) -> Iterator[tuple[str, JsonValue]]:
        for attachment in step.get("attachments", ()):
            content = (self.folder / attachment["source"]).read_bytes()
            yield attachment["name"], _document(content, attachment["type"])

    def _call(self, step: dict[str, Any], method: str, status: int) -> Call:
        facts = {each["name"].lower(): each["value"] for each in step["parameters"]}
        bodies = dict(self._documents(step))
        properties = facts.get("request client-properties", "").encode()
        return Call(
            operation=_operation(method, facts["url"], bodies.get("request")),
            status=status,
            request=bodies.get("request"),
            answer=bodies.get("response"),
            properties=_document(properties, "application/json"),
        )

    def call(self, call: Call) -> None:
        """Note the words and the status of one exchange."""
        self.statuses.add(_status(call.operation, call.status))
        if call.operation in REQUESTS:
            self.vocabulary.read(call.request, REQUESTS[call.operation])
        if call.properties is not None:
            self.vocabulary.read(call.properties, REQUESTS["client_properties"])
        name = CONTRACT.response_name(call.operation, call.status, call.answer)
        if name in SCHEMAS:
            self.vocabulary.read(call.answer, str(name))

    def notification(self, document: JsonValue) -> None:
        """Note the words of *document* if it is a notification."""
        name = CONTRACT.notification_name(document)
        if name is not None:
            self.vocabulary.read(document, name)


def _document(content: bytes, media_type: str) -> JsonValue:
    """Return the JSON or the form in *content*, None if it is neither."""
    try:
        text = content.decode()
        form = media_type == "application/x-www-form-urlencoded"
        document: JsonValue = dict(parse_qsl(text)) if form else json.loads(text)
    except ValueError:
        return None
    return document


def _operation(method: str, url: str, request: JsonValue) -> str:
    path = urlsplit(url).path
    if path.endswith("/conversation/send"):
        kind = request.get("type") if isinstance(request, dict) else None
        return COMMANDS.get(str(kind), "")
    called = f"{method} {path}"
    found = (each for pattern, each in OPERATIONS.items() if re.fullmatch(pattern, called))
    return next(found, "")


def _status(operation: str, status: int) -> str:
    return f"{operation} → {status}"


def gaps(documented: Iterable[str], exercised: set[str]) -> list[str]:
    """Return what of the *documented* no scenario exercised, though one could."""
    excused = [*UNREACHABLE]
    return sorted(
        each
        for each in set(documented) - exercised
        if not any(fnmatchcase(each, pattern) for pattern in excused)
    )


def stale(documented: set[str], exercised: set[str]) -> list[str]:
    """Return the excuses that excuse nothing, or something that a scenario does exercise."""
    left = documented - exercised
    return [
        pattern
        for pattern in UNREACHABLE
        if not any(fnmatchcase(each, pattern) for each in left)
        or any(fnmatchcase(each, pattern) for each in exercised)
    ]


STATUSES = {_status(operation, status) for operation, status in ANSWERS}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Exercise:
    """What one run of all features exercises."""
    folder = tmp_path_factory.mktemp("results")
    ours = ("PYTEST_", "CONNECTOR_", "COV_", "COVERAGE_")
    ended = subprocess.run(  # noqa: S603  # our own command line
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--alluredir={folder}"],
        cwd=ROOT,
        env={name: text for name, text in os.environ.items() if not name.startswith(ours)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=TIMEOUT_S,
        check=False,
    )
    assert any(folder.glob("*-result.json")), ended.stdout
    return Exercise(folder).read()


def test_every_word_is_exercised(run: Exercise) -> None:
    """Each word of the schemas travels in a document of a passed scenario, or is excused."""
    assert gaps(run.vocabulary.words, run.vocabulary.exercised) == []


def test_every_status_is_exercised(run: Exercise) -> None:
    """Each documented status of an operation is met by a passed scenario, or is excused."""
    assert gaps(STATUSES, run.statuses) == []


def test_no_excuse_is_out_of_date(run: Exercise) -> None:
    """What is excused is documented, and no scenario exercises it."""
    documented = run.vocabulary.words | STATUSES

    assert stale(documented, run.vocabulary.exercised | run.statuses) == []


TYPING = "request/publish_event/accepted-typing"
COMPOSING = "request/chat_state_event chatState 'COMPOSING'"


def test_words_of_a_sound_document_count() -> None:
    """A word is exercised by a document that holds it where it belongs."""
    vocabulary = Vocabulary()
    vocabulary.read(example(TYPING), "request/publish_event")

    assert COMPOSING in vocabulary.words & vocabulary.exercised
    assert COMPOSING.replace("COMPOSING", "PAUSE") in vocabulary.words - vocabulary.exercised


def test_words_of_a_faulty_document_do_not_count() -> None:
    """A document off its schema exercises nothing."""
    vocabulary = Vocabulary()
    vocabulary.read(changed(TYPING, ("id",), ""), "request/publish_event")

    assert vocabulary.exercised == set()


def result(folder: Path, status: str) -> None:
    """Write an Allure result of a scenario that sent typing and was told of a text."""
    documents = {"request": example(TYPING), "response": {}, "notification": TOLD}
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
    url = "https://example.test/api/account/1/messaging/consumer/conversation/send?v=3"
    header = {"name": "request Client-Properties", "value": '{"type": "ClientProperties"}'}
    attachments = [
        {"name": name, "source": f"{name}.json", "type": "application/json"} for name in documents
    ]
    exchange: dict[str, Any] = {
        "name": "POST …/send → 401",
        "parameters": [{"name": "url", "value": url}, header],
        "attachments": attachments[:2],
    }
    step: dict[str, Any] = {"name": "it is so", "attachments": attachments[2:], "steps": [exchange]}
    scenario = {"name": "a scenario", "status": status, "steps": [step]}
    (folder / "1-result.json").write_text(json.dumps(scenario), encoding="utf-8")


TOLD = example("notification/messaging_event/accepted-text")


def test_passed_scenario_counts(tmp_path: Path) -> None:
    """Commands, headers, statuses and notifications of a scenario that passed are exercised."""
    result(tmp_path, "passed")
    exercise = Exercise(tmp_path).read()

    assert exercise.statuses == {"publish_event → 401"}
    assert {
        COMPOSING,
        "request/client_properties type 'ClientProperties'",
        "notification/messaging_event type 'ms.MessagingEventNotification'",
    } <= exercise.vocabulary.exercised


def test_failed_scenario_does_not_count(tmp_path: Path) -> None:
    """A scenario that failed exercises nothing."""
    result(tmp_path, "failed")
    exercise = Exercise(tmp_path).read()

    assert (exercise.statuses, exercise.vocabulary.exercised) == (set(), set())


@pytest.mark.parametrize(
    ("called", "operation"),
    [
        ("POST /api/account/1/messaging/consumer/conversation", "create_conversation"),
        ("POST /sentinel/api/account/1/app/token", "app_token"),
        ("POST /api/account/1/consumer", "consumer_token"),
        ("GET /api/account/1/service/baseURI.json", "domains"),
        ("GET /api/account/1/service/swift/baseURI.json", "domain"),
        ("PUT /v1/AUTH_async-images/1/x.PNG", "put_file"),
        ("GET //v1/AUTH_async-images/1/x.PNG", "get_file"),
        ("POST /_sandbox/agent", ""),
    ],
)
def test_call_is_known_by_its_path(called: str, operation: str) -> None:
    """Method and path tell what a call was for; calls that are not of the API count for nothing."""
    method, path = called.split(" ")

    assert _operation(method, f"https://example.test:8443{path}?v=3", None) == operation
