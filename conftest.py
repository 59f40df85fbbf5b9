"""Wiring: the modules that define the sentences of the features."""

import pytest

# The modules import one another; without this only the first of them would explain its asserts.
pytest.register_assert_rewrite("steps")

pytest_plugins = [
    "steps.agent",
    "steps.answer",
    "steps.app",
    "steps.attempt",
    "steps.batch",
    "steps.change",
    "steps.client_feature",
    "steps.closing",
    "steps.conversation",
    "steps.discovery",
    "steps.ear",
    "steps.fault",
    "steps.file",
    "steps.message",
    "steps.misdelivery",
    "steps.mistake",
    "steps.note",
    "steps.notification",
    "steps.passing_time",
    "steps.presence",
    "steps.rating",
    "steps.receipt",
    "steps.received",
    "steps.said",
    "steps.sign_in",
    "steps.structured_content",
    "steps.survey",
    "steps.transcript",
]
