"""Why a command was not carried out, in the words of the answer."""

from connector_harness.json_types import JsonObject, JsonValue, inside, number_in, objects, text_in
from connector_harness.results.record import RecordedExchange

ACCEPTED = range(200, 300)
FAILED = 500
"""From this status on nobody knows whether the command was carried out."""

NO_ANSWER = "no answer came"


def answer_to(exchange: RecordedExchange, command: JsonValue, place: int) -> JsonValue:
    """Return the answer to a command: the one with its id, or else the one at its place."""
    answers = objects(exchange.response.document)
    id_ = text_in(command, "id")
    named = [each for each in answers if id_ and text_in(each, "reqId") == id_]
    return next(iter(named or answers[place : place + 1]), None)


def refusal(exchange: RecordedExchange, answer: JsonValue = None) -> str:
    """Return why a command was not carried out; empty if it was."""
    if exchange.status is None:
        return NO_ANSWER
    code = inside(answer, "code")
    if code == "OK" or (exchange.status in ACCEPTED and code in (None, *ACCEPTED)):
        return ""
    told = _told(answer) or next(filter(None, map(_told, objects(exchange.response.document))), "")
    verb = "failed" if exchange.status >= FAILED else "refused"
    return f"{verb} with {exchange.status}{f': {told}' if told else ''}"


def _told(answer: JsonValue | JsonObject) -> str:
    body = inside(answer, "body") or answer
    words = text_in(body, "msg") or text_in(body, "title") or text_in(body, "message")
    number = number_in(body, "errorCode")
    shown = words or text_in(answer, "code")
    return f"{shown} ({number})" if number is not None else shown
