"""A deployment to look over."""

from collections.abc import Iterator

import pytest

from tests.doctor.deployment import Deployment


@pytest.fixture
def deployment() -> Iterator[Deployment]:
    """A deployment without a fault."""
    deployment = Deployment()
    yield deployment
    deployment.close()
