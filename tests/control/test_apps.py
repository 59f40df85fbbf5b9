"""What an app asks to be told of, the sandbox tells, and the schema of a manifest knows."""

import json
from pathlib import Path

from connector_harness.control import apps
from connector_harness.receiver.notification import SUBSCRIPTIONS as ASKED
from connector_harness.sandbox.webhooks import subscriptions
from connector_harness.sandbox.webhooks.subscriptions import SUBSCRIPTIONS as TOLD
from tests.schema_examples import CONTRACT

MANIFEST = "request/app_manifest"
SCHEMA = Path(f"schemas/{MANIFEST}.json")


def names(schema: object) -> set[str]:
    """Return the names of all webhooks that a schema describes."""
    if isinstance(schema, list):
        return {name for each in schema for name in names(each)}
    if not isinstance(schema, dict):
        return set()
    own = {name for name in schema if name.startswith(("ms.", "cqm."))}
    return own.union(*map(names, schema.values()))


def test_every_webhook_is_known_everywhere() -> None:
    """One that is missing anywhere would be waited for in vain."""
    described = names(json.loads(SCHEMA.read_text(encoding="utf-8")))

    assert set(ASKED) == set(TOLD) == described


def test_manifest_is_accepted() -> None:
    """What asks for everything is as the schema and the sandbox, each for itself, want it."""
    webhooks = apps.manifest("https://hooks.example.test", max_retries=5, retention_time=60)

    assert CONTRACT.differences({"capabilities": {"webhooks": webhooks}}, MANIFEST) == []
    assert subscriptions.manifest(webhooks, "$") is None
