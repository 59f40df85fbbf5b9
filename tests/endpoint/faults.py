"""The ways in which an endpoint can be wrong, by name."""

import contextlib
import gzip
import json
import select
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

from tests.endpoint.server import CLIENT_SECRET, Answer, Fault, Received

TEXT = (("Content-Type", "text/plain"),)
HTML = (("Content-Type", "text/html"),)
PAGE = b"<!doctype html><title>Welcome</title><p>This is the intranet."
OVERSIZED = 6 * 1024 * 1024
BOMB = 50 * 1024 * 1024
PATIENCE_S = 20


def hung_up(connection: socket.socket, wait_s: float = PATIENCE_S) -> bool:
    """Wait until the caller hangs up, and return whether it did so in time."""
    return bool(select.select([connection], [], [], wait_s)[0])


def never(connection: socket.socket, _: bytes) -> None:
    """Answer nothing, for as long as the caller waits."""
    hung_up(connection)


def drop_by_drop(connection: socket.socket, answer: bytes) -> None:
    """Answer a byte at a time: no pause is long, the whole is."""
    for byte in answer:
        connection.sendall(bytes([byte]))
        if hung_up(connection, 0.02):
            return


def cut_short(connection: socket.socket, answer: bytes) -> None:
    """Answer all but the last bytes, and hang up."""
    connection.sendall(answer[:-20])


def nothing(_: socket.socket, __: bytes) -> None:
    """Hang up without an answer."""


def another_protocol(connection: socket.socket, _: bytes) -> None:
    """Answer in a protocol that is not HTTP."""
    connection.sendall(b"220 mail.example.test ESMTP ready\r\n")


def insistent(connection: socket.socket, answer: bytes) -> None:
    """Answer all of it, though the caller may have heard enough."""
    with contextlib.suppress(OSError):
        connection.sendall(answer)


def none(right: Answer, _: Received) -> Answer:
    """Answer as documented."""
    return right


def delivered(deliver: Callable[[socket.socket, bytes], None]) -> Fault:
    """Return the fault of delivering the right answer in a wrong way."""
    return lambda right, _: replace(right, deliver=deliver)


def instead(content: bytes, **changes: Any) -> Fault:  # noqa: ANN401  # fields of an Answer
    """Return the fault of answering *content*."""
    return lambda right, _: replace(right, content=content, **changes)


def edited(edit: Callable[[Any], object]) -> Fault:
    """Return the fault of answering what *edit* makes of the right document."""
    return lambda right, _: replace(
        right, content=json.dumps(edit(json.loads(right.content))).encode()
    )


def redirected(right: Answer, request: Received) -> Answer:
    """Send the caller elsewhere."""
    to = ("Location", f"http://{request.header('host')}/redirected")
    return replace(right, status=307, content=b"", headers=(to,))


def bomb(coding: str) -> Fault:
    """Return the fault of answering a small body that unpacks to a huge one."""
    layers = coding.count("gzip")

    def fault(right: Answer, _: Received) -> Answer:
        headers = (*right.headers, ("Content-Encoding", coding))
        return replace(right, content=packed(layers), headers=headers, deliver=insistent)

    return fault


@cache
def packed(layers: int) -> bytes:
    """Return the bomb, packed so many times; that takes longer than a caller may wait."""
    content = b" " * BOMB
    for _ in range(layers):
        content = gzip.compress(content, compresslevel=1)
    return content


def echoing(*, status: int | None = None) -> Fault:
    """Return the fault of answering with a text that is nothing but the caller's tokens.

    They recur at such distances that a message cut short ends within one.
    """

    def fault(right: Answer, request: Received) -> Answer:
        shown = (request.header("x-lp-on-behalf"), request.header("authorization"))
        token = next(filter(None, shown), CLIENT_SECRET)
        told = f"{token}{' ' * (12 if len(token) > 60 else 5)}" * 40
        headers = (*TEXT, ("X-Seen", token), ("Set-Cookie", f"seen={token}"))
        return replace(right, content=told.encode(), headers=headers, status=status or right.status)

    return fault


def echoing_in_place(right: Answer, request: Received) -> Answer:
    """Put the caller's tokens into an answer that is off the schema for another reason."""
    shown = (request.header("x-lp-on-behalf"), request.header("authorization"), CLIENT_SECRET)
    told = [f"{token} {text}" for token in filter(None, shown) for text in ("a", "b")]
    return replace(right, content=json.dumps({"seen": told, "more": told * 20}).encode())


def _item(place: int, **changes: object) -> Callable[[Any], object]:
    return lambda items: [item | changes if at == place else item for at, item in enumerate(items)]


def _ids_swapped(items: list[dict[str, object]]) -> list[dict[str, object]]:
    ids = [items[1]["reqId"], items[0]["reqId"], items[2]["reqId"]]
    return [item | {"reqId": id_} for item, id_ in zip(items, ids, strict=True)]


ANYWHERE: dict[str, Fault] = {
    "never_answers": delivered(never),
    "answers_drop_by_drop": delivered(drop_by_drop),
    "closes_the_connection": delivered(nothing),
    "answers_half_a_body": delivered(cut_short),
    "speaks_another_protocol": delivered(another_protocol),
    "answers_a_page": instead(PAGE, headers=HTML),
    "answers_invalid_json": instead(b'[{"code": "OK", "body": '),
    "answers_bytes_that_are_no_text": instead(b"\x00\xff\xfe\x1b[31m"),
    "answers_nothing_at_all": instead(b""),
    "answers_oversized": instead(b" " * OVERSIZED + b"{}", deliver=insistent),
    "answers_a_bomb": bomb("gzip"),
    "answers_a_bomb_in_a_bomb": bomb("gzip, gzip"),
    "answers_as_plain_text": lambda right, _: replace(right, headers=TEXT),
    "answers_null": instead(b"null"),
    "fails_with_500": instead(b'{"error": "out of order"}', status=500),
    "fails_with_503_as_a_page": instead(PAGE, status=503, headers=HTML),
    "redirects": redirected,
    "answers_an_undocumented_status": instead(b"{}", status=418),
    "echoes_secrets": echoing(),
    "echoes_secrets_with_500": echoing(status=500),
    "echoes_secrets_in_json": echoing_in_place,
}
"""What any service can get wrong."""

CONVERSATION: dict[str, Fault] = ANYWHERE | {
    "answers_in_another_order": edited(lambda items: items[::-1]),
    "leaves_out_the_conversation_id": edited(_item(1, body={})),
    "answers_off_the_schema": edited(_item(0, code="FINE")),
    "answers_one_object": edited(lambda items: items[1]),
    "answers_code_as_a_number": edited(_item(1, code=200)),
    "swaps_the_ids": edited(_ids_swapped),
    "answers_half_a_character": edited(_item(0, reqId="\ud800")),
    "numbers_with_a_text": edited(_item(2, body={"sequence": "0"})),
    "numbers_from_one": edited(_item(2, body={"sequence": 1})),
    "leaves_out_the_last_answer": edited(lambda items: items[:2]),
}
"""What the conversation service can get wrong."""

APP_TOKEN: dict[str, Fault] = ANYWHERE | {
    "gives_no_token": edited(lambda _: {"token_type": "Bearer"}),
    "gives_a_number_as_token": edited(lambda answer: answer | {"access_token": 42}),
    "answers_one_list": edited(lambda answer: [answer]),
}
"""What the service of app tokens can get wrong."""

CONSUMER_TOKEN: dict[str, Fault] = ANYWHERE | {
    "gives_no_token": edited(lambda _: {}),
    "gives_a_token_of_two_lines": edited(lambda answer: {"token": answer["token"] + "\n"}),
    "answers_with_200": lambda right, _: replace(right, status=200),
}
"""What the service of consumer tokens can get wrong."""

DISCOVERY: dict[str, Fault] = ANYWHERE | {
    "names_no_service": edited(lambda _: {"baseURIs": []}),
    "answers_one_list": edited(lambda answer: answer["baseURIs"]),
}
"""What discovery can get wrong."""
