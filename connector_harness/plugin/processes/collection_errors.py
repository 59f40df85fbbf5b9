"""What the workers of pytest-xdist found while collecting, and what follows from it."""

from collections.abc import Generator

import pytest


class CollectionErrors:
    """Ends a run whose workers could not collect everything as pytest ends one without workers.

    Registered in the process that controls the run. The workers themselves run nothing then.
    """

    def __init__(self) -> None:
        self._count = 0

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Count what could not be collected; pytest-xdist hands each over once."""
        self._count += report.failed

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Stop as pytest does, once all workers have told what they found.

        Raises:
            pytest.Session.Interrupted: There were errors.
        """
        done = yield
        if self._count and not session.config.getoption("continue_on_collection_errors"):
            errors = "error" if self._count == 1 else "errors"
            raise session.Interrupted(f"{self._count} {errors} during collection")
        return done
