"""An endpoint that goes away in the middle of a run."""

from collections.abc import Iterator

import pytest

from connector_harness.sandbox.server import RunningSandbox, start_sandbox
from tests.endpoint.server import ACCOUNT, CLIENT_ID, CLIENT_SECRET
from tests.interruptions.runs import Project, assert_gone, assert_whole


@pytest.fixture
def endpoint() -> Iterator[RunningSandbox]:
    """A server that the run has not started, so that it knows nothing of its end."""
    credentials = ("--account", ACCOUNT, "--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET)
    starting = start_sandbox(*credentials)
    yield starting.ready()
    starting.stop()


def test_what_had_ended_stays_and_the_rest_fails(
    project: Project, endpoint: RunningSandbox
) -> None:
    """Each later scenario fails for itself, soon, and says that nobody answered."""
    project.feature("SWIFT Before", "PART Meeting it", "SWIFT After")

    with project.running("--endpoint", endpoint.url) as run:
        told = run.told()
        endpoint.stop()
        run.answer(told)
        ended = run.ended()

    assert ended.exit_code == pytest.ExitCode.TESTS_FAILED, ended.output
    assert ended.statuses == {"Before": "passed", "Meeting it": "broken", "After": "broken"}
    assert "[transport] no answer from the endpoint" in ended.output
    assert_whole(ended)
    assert_gone(ended, told.address)
