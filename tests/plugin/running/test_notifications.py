"""Every notification belongs to the scenario that opened its conversation, or is told of."""

import json

import pytest

from connector_harness.contract.contract import ContractError
from connector_harness.plugin.running.notifications import NotificationJudge, Unclaimed
from connector_harness.receiver.inbox import Inbox
from connector_harness.receiver.notification import Notification, read_notification
from connector_harness.results.record import RecordedScenario, RecordedStep, ScenarioUnderWay


def told(conversation: str, text: str = "On its way.", *faults: str) -> Notification:
    """Return a notification of a text in a conversation."""
    event = {"type": "ContentEvent", "contentType": "text/plain", "message": text}
    change = {
        "sequence": 0,
        "originatorMetadata": {"id": "a", "role": "ASSIGNED_AGENT"},
        "event": event,
        "conversationId": conversation,
        "dialogId": conversation,
    }
    document = {"type": "ms.MessagingEventNotification", "body": {"changes": [change]}}
    body = json.dumps(document).encode()
    return read_notification((), body, received_at=0.0, at=0.0).with_faults(*faults)


@pytest.fixture
def record() -> ScenarioUnderWay:
    """A scenario that listens, has opened conversation ``own`` and is in its first step."""
    step = RecordedStep("Then an answer arrives")
    kept = RecordedScenario("h", "f::S", "S", steps=[step])
    return ScenarioUnderWay(kept, open=[step], conversations=["own"], listens=True)


@pytest.fixture
def hearing() -> NotificationJudge:
    """What is heard in a process that opened two conversations."""
    hearing = NotificationJudge({"own", "earlier"})
    hearing.inboxes.append(Inbox())
    return hearing


def test_notification_is_shown_with_the_step_under_way(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """What a step waited for stands below it, once, and what is not its own does not."""
    hearing.inboxes[0].deliver(told("own"))
    hearing.inboxes[0].deliver(told("earlier"))

    hearing.collect(record)
    hearing.collect(record)

    (shown,) = record.kept.steps[0].notifications
    assert shown.words == "the agent says 'On its way.' (0)"


def test_nothing_is_shown_of_a_scenario_that_does_not_listen(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """What came by chance is not its own; once it listens after all, it is shown all of it."""
    record.listens = False
    hearing.inboxes[0].deliver(told("own"))
    hearing.collect(record)
    assert record.kept.steps[0].notifications == []

    record.listens = True
    hearing.collect(record)
    assert len(record.kept.steps[0].notifications) == 1


def test_wrong_notification_fails_who_does_not_listen(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """It is shown, too: somebody has to mend it."""
    record.listens = False
    hearing.inboxes[0].deliver(told("own"))
    hearing.inboxes[0].deliver(told("own", "Hello", "a fault"))

    with pytest.raises(ContractError, match="a fault"):
        hearing.collect(record)
    assert len(record.kept.steps[0].notifications) == 1


def test_wrong_notifications_fail_the_scenario_that_owns_them(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """All that is wrong is reported at once, with what to do."""
    hearing.inboxes[0].deliver(told("own", "Hello", "first fault"))
    hearing.inboxes[0].deliver(told("own", "Hello", "second fault"))

    with pytest.raises(ContractError) as caught:
        hearing.collect(record)

    assert "first fault" in str(caught.value)
    assert "second fault\n  next: " in str(caught.value)


def test_expected_bad_signature_fails_no_scenario(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """A delivery of which somebody has said that it would be badly signed is shown, and no news."""
    hearing.inboxes[0].expect_bad_signature("own")
    hearing.inboxes[0].deliver(told("own").unsigned("a bad signature"))

    hearing.collect(record)

    assert len(record.kept.steps[0].notifications) == 1
    assert list(hearing.unclaimed().lines()) == []


def test_unexpected_bad_signature_fails_its_scenario(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """One more than was expected, or one of another conversation, fails."""
    hearing.inboxes[0].expect_bad_signature("own")
    hearing.inboxes[0].expect_bad_signature("other")
    for _ in range(2):
        hearing.inboxes[0].deliver(told("own").unsigned("a bad signature"))

    with pytest.raises(ContractError) as caught:
        hearing.collect(record)

    assert str(caught.value).count("a bad signature") == 1


def test_other_faults_are_never_expected(
    hearing: NotificationJudge, record: ScenarioUnderWay
) -> None:
    """Whoever expects a bad signature does not expect anything else to be wrong."""
    hearing.inboxes[0].expect_bad_signature("own")
    hearing.inboxes[0].deliver(told("own", "Hello", "off its schema"))

    with pytest.raises(ContractError, match="off its schema"):
        hearing.collect(record)


def test_wrong_notification_that_came_too_late_is_told_at_the_end(
    hearing: NotificationJudge,
) -> None:
    """A fault that no step could report is not lost."""
    hearing.inboxes[0].deliver(told("earlier", "Hello", "a bad signature"))

    (line,) = hearing.unclaimed().lines()

    assert "came after its scenario was wrong" in line
    assert "a bad signature" in line


def test_notification_of_no_scenario_is_told_at_the_end(hearing: NotificationJudge) -> None:
    """What belongs to nobody is listed, with its conversation; what is ours is not."""
    hearing.inboxes[0].deliver(told("foreign"))
    hearing.inboxes[0].deliver(told("earlier"))

    (line,) = hearing.unclaimed().lines()

    assert line.startswith("a notification belongs to no scenario: ")
    assert "(conversation foreign)" in line


def test_conversation_of_another_process_is_no_stranger(hearing: NotificationJudge) -> None:
    """Processes that share an account hear of each other's conversations."""
    hearing.inboxes[0].deliver(told("foreign"))
    remainder = hearing.unclaimed()
    remainder.add(Unclaimed(opened=["foreign"]))

    assert list(remainder.lines()) == []


def test_lost_notifications_are_told_at_the_end() -> None:
    """An inbox that was full says so."""
    hearing = NotificationJudge({"own"})
    hearing.inboxes.append(Inbox(limit_per_conversation=1))
    hearing.inboxes[0].deliver(told("own"))
    hearing.inboxes[0].deliver(told("own"))

    assert any("notifications were lost" in line for line in hearing.unclaimed().lines())


def test_what_several_processes_were_told_is_said_once() -> None:
    """Those that share a receiver hear, and lose, the same."""
    remainder = Unclaimed()
    for _ in range(2):
        remainder.add(Unclaimed(strangers=[["foreign", "a text"]], losses=["it was full"]))

    assert len(list(remainder.lines())) == 2


def test_many_lines_of_a_kind_are_cut(hearing: NotificationJudge) -> None:
    """A flood does not bury the end of a run."""
    for number in range(50):
        hearing.inboxes[0].deliver(told(f"foreign-{number}"))

    lines = list(hearing.unclaimed().lines())

    assert len(lines) == 21
    assert lines[-1].endswith("… and 30 more")
