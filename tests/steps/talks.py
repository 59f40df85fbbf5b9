"""A conversation that is not spoken in: enough to build commands for."""

from collections.abc import Callable
from typing import Final, cast

from connector_harness.client.connector import Connector
from connector_harness.client.conversation import Conversation
from connector_harness.json_types import JsonValue

TALK: Final = Conversation(cast("Connector", None), consumer="ada", id="c-1")

Build = Callable[[Conversation], JsonValue]
