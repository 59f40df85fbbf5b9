"""The runs of all cases, each done once."""

from collections.abc import Callable

import pytest

from tests.endpoint.runs import Run
from tests.failing.cases import CASES, GOOD
from tests.failing.runs import run_against_a_server, run_against_the_sandbox


@pytest.fixture(scope="session")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Run]:
    """What runs the case of a name, with all that fail in the same run."""
    done: dict[str, Run] = {}

    def find(name: str) -> Run:
        feature = CASES[name].feature
        if feature not in done:
            start = run_against_a_server if feature == GOOD else run_against_the_sandbox
            done[feature] = start(tmp_path_factory.mktemp("failing"))
        return done[feature]

    return find
