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
    "steps.client_feature",
    "steps.clock",
    "steps.closing",
    "steps.conversation",
    "steps.discovery",
    "steps.fault",
    "steps.faulty_command",
    "steps.file",
    "steps.message",
    "steps.metadata",
    "steps.notification",
    "steps.presence",
    "steps.rating",
    "steps.receipt",
    "steps.received",
    "steps.shown_message",
    "steps.sign_in",
    "steps.structured_content",
    "steps.survey",
    "steps.transcript",
    "steps.update",
    "steps.webhook",
    "steps.webhook_fault",
]
