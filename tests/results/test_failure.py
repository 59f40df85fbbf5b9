"""A failure is told in plain words."""

from pathlib import Path

from connector_harness.results.failure import failure_of
from connector_harness.results.reader import Result

MESSAGE = (
    "[product] expected number 3; the endpoint answered 200 "
    "(Then it is accepted with number 3, features/a.feature:11)"
)
TRACE = (
    "Scenario: A\n  FAILED   Then it is accepted with number 3\n\n"
    "[product] expected number 3; the endpoint answered 200\n"
    "  expected: 3\n  code: steps/a.py:1\n\n"
    "last exchange: POST …/send\n\nnext: compare them"
)


def result(**details: object) -> Result:
    """Return a result that failed."""
    labels = [{"name": "failureClass", "value": "product"}]
    return Result({"status": "failed", "statusDetails": details, "labels": labels}, Path())


def test_reason_is_without_class_and_place() -> None:
    """The reader gets a sentence, not a log line."""
    failure = failure_of(result(message=MESSAGE))

    assert failure is not None
    assert failure.reason == "Expected number 3; the endpoint answered 200"
    assert failure.sentence == "Then it is accepted with number 3"


def test_brackets_of_a_reason_are_kept() -> None:
    """What came is not taken for the place, nor are brackets in the sentence."""
    step = {"name": 'Then it says "a (b)"', "status": "failed"}
    message = f"[product] expected (1); 'x' (0) came ({step['name']}, features/a.feature:11)"
    raw = {"status": "failed", "statusDetails": {"message": message}, "steps": [step]}
    failure = failure_of(Result(raw, Path()))

    assert failure is not None
    assert (failure.reason, failure.sentence) == ("Expected (1); 'x' (0) came", step["name"])


def test_details_and_advice_are_kept() -> None:
    """What was expected and what to do are told; where the code is belongs elsewhere."""
    failure = failure_of(result(message=MESSAGE, trace=TRACE))

    assert failure is not None
    assert (failure.details, failure.next) == ("  expected: 3", "compare them")


def test_class_is_put_in_words() -> None:
    """Whose fault it seems to be is said without a term of the trade."""
    failure = failure_of(result(message=MESSAGE))

    assert failure is not None
    assert failure.kind_in_words == "the endpoint did something else"


def test_quarantined_failure_does_not_count() -> None:
    """A failure that is known is told as such."""
    failure = failure_of(result(message=MESSAGE, muted=True))

    assert failure is not None
    assert not failure.counts


def test_success_has_no_failure() -> None:
    """There is nothing to explain where nothing failed."""
    assert failure_of(Result({"status": "passed"}, Path())) is None
