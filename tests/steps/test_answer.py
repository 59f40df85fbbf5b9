"""Tests of the sentences that judge the answer to one command."""

from collections.abc import Callable

import pytest

from connector_harness.client.reply import Reply
from connector_harness.json_types import JsonObject, JsonValue
from steps import answer as sentences
from tests.steps.answers import COMMAND, accepted, refused, reply_to

NUMBERED = accepted({"sequence": 3})
RESOLVED = accepted({"msg": sentences.RESOLVED})
FOREIGN: JsonObject = {
    "kind": "resp",
    "code": 401,
    "body": {"title": "x", "details": "y", "errorCode": 40103},
}


def test_accepted_command_has_its_number() -> None:
    """The number of the answer is the one expected."""
    sentences.it_is_accepted_with_number(reply_to(NUMBERED), 3)


def test_numeric_id_comes_back_as_text() -> None:
    """A command whose id is a number is answered with the same as a text."""
    sentences.it_is_accepted_with_number(reply_to(NUMBERED, command={**COMMAND, "id": 7}), 3)


@pytest.mark.parametrize(
    ("status", "document"),
    [
        (201, NUMBERED),
        (200, accepted({"sequence": 4})),
        (200, accepted({"sequence": 3}, request_id="8")),
        (200, accepted({})),
        (200, {**NUMBERED, "code": 200}),
        (200, {**NUMBERED, "body": 3}),
        (200, [NUMBERED]),
    ],
)
def test_another_answer_is_not_accepted(status: int, document: JsonValue) -> None:
    """Another status, code, number, id or shape fails."""
    with pytest.raises(AssertionError, match=f"the endpoint answered {status}"):
        sentences.it_is_accepted_with_number(reply_to(document, status=status), 3)


def test_typing_is_answered_with_0() -> None:
    """What takes no number is answered with 0, and with nothing else."""
    sentences.it_is_accepted_without_a_number(reply_to(accepted({"sequence": 0})))

    with pytest.raises(AssertionError):
        sentences.it_is_accepted_without_a_number(reply_to(NUMBERED))


def test_both_answers_of_a_press_count() -> None:
    """The second number is judged as the first is."""
    replies = (reply_to(NUMBERED), reply_to(accepted({"sequence": 4})))
    sentences.both_are_accepted(replies, 3, 4)

    with pytest.raises(AssertionError, match="expected number 5"):
        sentences.both_are_accepted(replies, 3, 5)


Judge = Callable[[Reply], None]


@pytest.mark.parametrize(
    ("judge", "good"),
    [
        (sentences.closing_is_accepted, RESOLVED),
        (sentences.the_profile_is_accepted_on_its_own, accepted({"msg": sentences.PROFILE_SET})),
    ],
)
def test_good_words_are_told_from_others(judge: Judge, good: JsonValue) -> None:
    """Only the documented words pass."""
    judge(reply_to(good))

    with pytest.raises(AssertionError, match="the endpoint answered 200"):
        judge(reply_to(accepted({"msg": "Done"})))


@pytest.mark.parametrize("body", [{"msg": ""}, {"msg": 1}, {}])
def test_change_is_answered_in_any_words(body: JsonObject) -> None:
    """Which words is open, but not whether there are any."""
    sentences.the_change_is_accepted(reply_to(accepted({"msg": "Changed"})))

    with pytest.raises(AssertionError, match="expected some words"):
        sentences.the_change_is_accepted(reply_to(accepted(body)))


@pytest.mark.parametrize(
    ("judge", "good"),
    [
        (sentences.it_is_refused, refused()),
        (sentences.it_is_refused_because_it_is_closed, refused(sentences.CLOSED)),
    ],
)
@pytest.mark.parametrize(
    ("status", "bad"),
    [
        (200, NUMBERED),
        (500, refused()),
        (400, refused("Something else")),
        (400, refused(request_id="8")),
        (400, refused(sentences.CLOSED, request_id="8")),
        (400, {**refused(), "code": 400}),
    ],
)
def test_refusal_is_told_from_others(
    judge: Judge, good: JsonValue, status: int, bad: JsonValue
) -> None:
    """Another status, code, reason or id is not the refusal expected."""
    judge(reply_to(good, status=400))

    with pytest.raises(AssertionError, match=f"the endpoint answered {status}"):
        judge(reply_to(bad, status=status))


def test_both_refusals_of_a_press_count() -> None:
    """A second call that was accepted fails."""
    refusal = reply_to(refused(sentences.CLOSED), status=400)
    sentences.both_are_refused((refusal, refusal))

    with pytest.raises(AssertionError):
        sentences.both_are_refused((refusal, reply_to(NUMBERED)))


@pytest.mark.parametrize(
    ("status", "document"),
    [(401, refused()), (400, FOREIGN), (401, {**FOREIGN, "body": {"errorCode": 40102}})],
)
def test_stranger_is_told_from_a_bad_token(status: int, document: JsonValue) -> None:
    """Only the documented refusal of a stranger passes."""
    sentences.it_is_refused_as_another_shoppers(reply_to(FOREIGN, status=401))

    with pytest.raises(AssertionError, match=f"the endpoint answered {status}"):
        sentences.it_is_refused_as_another_shoppers(reply_to(document, status=status))


def test_id_is_that_of_the_command_or_of_the_first() -> None:
    """A list of commands is answered with the id of its first."""
    assert sentences.sent_id(reply_to({}, command=[{"id": "a"}, {"id": "b"}])) == "a"

    with pytest.raises(AssertionError, match="no command with an id was sent"):
        sentences.sent_id(reply_to({}, command={}))
