"""Steps that open conversations, and the server at which they do."""

import contextlib
import itertools
import json
from pathlib import Path

from tests.client.gauge import Gauge
from tests.client.server import LocalServer, Scripted
from tests.project import Project

SCHEMAS = Path(__file__).parents[2] / "schemas"

STEPS = """
    from connector_harness.client import commands, fields


    @when("a conversation is opened", target_fixture="opened")
    def a_conversation_is_opened(connector, consumer):
        batch = [
            commands.set_user_profile({}, id="1"),
            commands.request_conversation(id="2", account="70000001"),
        ]
        return connector.create_conversation(batch, consumer=consumer)


    @when("it is closed")
    def it_is_closed(connector, consumer, opened):
        field = fields.conversation_state_field()
        command = commands.update_conversation_field(
            field, id="1", conversation_id=opened.conversation_id
        )
        connector.send(command, consumer=consumer)


    @when("Ctrl-C is pressed")
    def ctrl_c_is_pressed():
        raise KeyboardInterrupt


    @when("the process dies")
    def the_process_dies():
        import os
        import signal

        os.kill(os.getpid(), signal.SIGKILL)
"""

CLOSED = {
    "reqId": "1",
    "code": "OK",
    "body": {"msg": "OK Conversation resolved successfully"},
}

OPENING = """
    Feature: Opening

      Scenario Outline: Number <number>
        When a conversation is opened

        Examples:
          | number |
          | 1      |
          | 2      |
          | 3      |
          | 4      |
"""


def let_call(project: Project, url: str, settings: str = "") -> tuple[str, ...]:
    """Add the steps and an endpoint at *url*, and return the options that choose it."""
    project.steps(STEPS)
    table = f'[tool.connector_harness.endpoints.live]\naddress = "{url}"\n{settings}\n'
    file = project.root / "pyproject.toml"
    file.write_text(f"{file.read_text(encoding='utf-8')}\n{table}", encoding="utf-8")
    # The last one counts: a project has an endpoint that answers nothing.
    return "-o", f"connector_schemas={SCHEMAS}", "--endpoint", "live"


class OpeningServer(LocalServer):
    """Answers as documented, each conversation with an id of its own: ``c-1``, ``c-2``.

    Args:
        gauge: Measures how many requests are under way at once.
    """

    def __init__(self, gauge: Gauge | None = None) -> None:
        """Listen on a free port of the loopback address."""
        self._gauge = gauge
        self._numbers = {"consumer": itertools.count(1), "conversation": itertools.count(1)}
        super().__init__()

    def next_answer(self, path: str) -> Scripted:
        """Return the next queued answer for *path*, or the documented one."""
        with contextlib.nullcontext() if self._gauge is None else self._gauge.inside():
            word = path.partition("?")[0].rpartition("/")[2]
            return super().next_answer(path) if self._scripts[word] else self._documented(word)

    def _documented(self, word: str) -> Scripted:
        number = next(self._numbers[word]) if word in self._numbers else 0
        match word:
            case "token":
                return Scripted(200, {"access_token": "of.the.app", "token_type": "Bearer"}, {})
            case "consumer":
                return Scripted(201, {"token": f"of.consumer.{number}"}, {})
            case "conversation":
                return Scripted(200, _created(number), {})
            case _:
                return Scripted(200, CLOSED, {})

    def closed(self) -> list[str]:
        """Return which conversations were told to close, in order of their ids."""
        bodies = [json.loads(each.body)["body"] for each in self.requests("send")]
        return sorted(each["conversationId"] for each in bodies)


def _created(number: int) -> list[object]:
    profile = {"code": "OK", "body": {"msg": "OK User Profile set successfully"}, "reqId": "1"}
    return [profile, {"code": "OK", "body": {"conversationId": f"c-{number}"}, "reqId": "2"}]
