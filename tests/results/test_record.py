"""A record is masked as a whole, told apart by types, and comes back from a journal as it was."""

from pathlib import Path

from connector_harness.redaction.redactor import Redactor
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.journal import AttemptJournal, attempts, journals
from connector_harness.results.record import (
    Body,
    Header,
    OutsideSteps,
    Phase,
    RecordedExchange,
    RecordedFailure,
    RecordedNotification,
    RecordedPart,
    RecordedScenario,
    RecordedStep,
    ScenarioUnderWay,
    Status,
    masked,
)

SECRET = "the-secret"
PICTURE = b"\x89PNG\xff"


def exchange() -> RecordedExchange:
    """Return a call with a secret in each of its parts."""
    return RecordedExchange(
        operation="publish_event",
        method="POST",
        url=f"https://x.test/{SECRET}",
        title=f"POST …/{SECRET} → 200",
        start=1,
        stop=2,
        status=200,
        request=Body(f'{{"a": "{SECRET}"}}', "application/json"),
        response=Body.of(PICTURE + SECRET.encode(), "image/png"),
        request_headers=[Header("Authorization", "whatever"), Header("X", SECRET)],
    )


def scenario() -> RecordedScenario:
    """Return a scenario with a secret wherever there can be one."""
    told = RecordedNotification(SECRET, Body(SECRET))
    part = RecordedPart(SECRET, exchanges=[exchange()], parameters={SECRET: SECRET})
    step = RecordedStep(SECRET, parts=[part], notifications=[told], table=[[SECRET]])
    outside = OutsideSteps(phase=Phase.TEARDOWN, message=SECRET)
    failure = RecordedFailure(FailureClass.PRODUCT, SECRET, details=[SECRET])
    return RecordedScenario(
        *("h", "f::S", SECRET, Status.FAILED, SECRET),
        steps=[step],
        outside=[outside],
        failure=failure,
    )


def test_every_text_is_masked(tmp_path: Path) -> None:
    """Nothing that is written from it holds the secret, and a header for secrets shows nothing."""
    redactor = Redactor()
    redactor.add(SECRET)
    record = masked(scenario(), redactor)
    AttemptJournal(tmp_path).append(record)

    [journal] = journals(tmp_path)
    assert SECRET not in journal.read_text(encoding="utf-8")
    call = record.steps[0].parts[0].exchanges[0]
    assert [each.value for each in call.request_headers] == ["***", "***"]
    assert call.response.content == PICTURE + b"***"


def test_record_comes_back_as_it_was(tmp_path: Path) -> None:
    """Types and texts are the same, half letters too; bytes that are no text are counted."""
    record = scenario()
    record.message = "half a letter: \ud800"
    AttemptJournal(tmp_path).append(record)

    [back] = [each for file in journals(tmp_path) for each in attempts(file)]

    assert isinstance(back, RecordedScenario)
    kept = back.steps[0].parts[0].exchanges[0].response
    assert kept.binary is not None
    assert (kept.binary.size, kept.content) == (len(PICTURE) + len(SECRET), b"")
    record.steps[0].parts[0].exchanges[0].response = kept
    assert back == record


def test_what_happens_between_the_steps_is_outside_of_them() -> None:
    """The phase tells when it was; what a step does is the step's own."""
    record = ScenarioUnderWay(scenario())
    record.kept.outside.clear()
    before = record.current
    record.open.append(record.kept.steps[0])
    inside = record.current
    record.open.clear()
    record.phase = Phase.TEARDOWN
    after = record.current

    assert record.kept.parts == [before, inside, after]
    assert [each.phase for each in record.kept.outside] == [Phase.SETUP, Phase.TEARDOWN]
