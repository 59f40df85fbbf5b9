"""Ways in which a step, or what it hears with, can be wrong without failing.

A step is found by many names before it runs, so it is its code that is exchanged. The new code
finds no names but its own arguments and what it imports.
"""

# It runs among the names of another module, and its arguments are what that one's steps give.
# ruff: noqa: ANN401, PLC0415

from collections.abc import Callable
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any, TypeVar

from connector_harness.receiver import signature
from steps import agent, app, clock, closing, message

Deed = TypeVar("Deed", bound=Callable[..., object])


@dataclass
class Exchanged:
    """The functions whose code is another one now; one breakage at a time is on."""

    known: dict[str, tuple[FunctionType, FunctionType]] = field(default_factory=dict)
    strikes: int = 0
    _kept: list[tuple[FunctionType, CodeType]] = field(default_factory=list)

    def instead_of(self, function: Callable[..., object]) -> Callable[[Deed], Deed]:
        """Register what a function does when the breakage of this name is on."""

        def register(deed: Deed) -> Deed:
            assert isinstance(function, FunctionType)
            assert isinstance(deed, FunctionType)
            self.known[deed.__name__] = (function, deed)
            return deed

        return register

    def turn_on(self, breakage: str) -> None:
        """Break this process so from now on."""
        function, deed = self.known[breakage]
        self._kept.append((function, function.__code__))
        function.__code__ = deed.__code__

    def turn_off(self) -> int:
        """Mend this process and return how often the breakage has struck."""
        while self._kept:
            function, code = self._kept.pop()
            function.__code__ = code
        struck, self.strikes = self.strikes, 0
        return struck


BREAKAGES = Exchanged()
instead_of = BREAKAGES.instead_of


def strike() -> None:
    """Note that a breakage has struck."""
    BREAKAGES.strikes += 1


@instead_of(message.the_shopper_says)
def nothing_is_said(*_: object, **__: object) -> None:
    """Send nothing."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(message.the_shopper_says)
def something_else_is_said(conversation: Any, counts: Any, text: str) -> object:
    """Send another text."""
    from tests.false_green import run_breakages

    run_breakages.strike()
    return counts.note(conversation.send_text(text.upper()))


@instead_of(message.the_shopper_has_said)
def nothing_was_said(*_: object, **__: object) -> None:
    """Send nothing before."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(closing.the_conversation_has_been_closed)
def nothing_was_closed(*_: object, **__: object) -> None:
    """Leave it open."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(agent.the_agent_answers)
def agent_says_nothing(*_: object, **__: object) -> None:
    """Let the agent keep silent."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(agent.an_agent_joins)
def nobody_joins(*_: object, **__: object) -> None:
    """Let the shopper wait."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(clock.it_is_later)
def time_stands_still(*_: object, **__: object) -> None:
    """Leave the clock alone."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(app.the_app_answers_times)
def app_is_not_down(*_: object, **__: object) -> None:
    """Let the app take all it is told."""
    from tests.false_green import run_breakages

    run_breakages.strike()


@instead_of(signature.is_signed)
def signatures_are_not_checked(*_: object, **__: object) -> bool:
    """Believe everybody."""
    from tests.false_green import run_breakages

    run_breakages.strike()
    return True
