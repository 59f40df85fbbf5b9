"""A step definition: the sentence it answers to, and the function that runs it."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from opcode import opmap
from pathlib import Path
from typing import Any, Protocol

from connector_harness.gherkin.feature import StepType

_HARMFUL = frozenset(
    number for name, number in opmap.items() if name.startswith(("CALL", "RAISE", "YIELD"))
)
"""The instructions by which a function may fail on purpose, or let another one."""


class Parser(Protocol):
    """Knows whether a text is a certain sentence, and which arguments stand in it."""

    def is_matching(self, name: str) -> bool:
        """Return whether *name* is the sentence."""

    def parse_arguments(self, name: str) -> dict[str, Any] | None:
        """Return the arguments in *name*, by their names."""


@dataclass(frozen=True, kw_only=True, eq=False)
class StepDefinition:
    """One decorated step function.

    Args:
        type: The keyword it answers to; None answers to all.
        pattern: The sentence, as the decorator has it.
        function: The function itself.
        parser: Reads the sentence.
        is_exact: Whether the pattern is the sentence itself.
        flags: The flags of the regular expression that the pattern is; None where it is none.
        prefix: What every matching sentence starts with, in lower case; empty where that is
            unknown.
        placeholders: How each argument is written in the pattern, as ``d``, by the argument's name.
        converters: What turns a parsed argument into a value, by argument name.
        target_fixture: The name under which later steps find what it returns.
        directory: The folder below which features see it; None stands for everywhere.
    """

    type: StepType | None
    pattern: str
    function: Callable[..., object]
    parser: Parser
    is_exact: bool
    prefix: str
    placeholders: Mapping[str, str]
    converters: Mapping[str, Callable[[str], object]]
    target_fixture: str | None
    directory: Path | None
    flags: int | None = None
    parameters: frozenset[str] = field(init=False)
    required: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        parameters = inspect.signature(self.function).parameters
        required = tuple(name for name, each in parameters.items() if _is_required(each))
        object.__setattr__(self, "parameters", frozenset(parameters))
        object.__setattr__(self, "required", required)

    @property
    def written(self) -> Any:  # noqa: ANN401 - a function, with all that a function has
        """The function as somebody wrote it: below decorators and `partial`, or of an object."""
        found: Any = self.function
        while isinstance(found, partial) or hasattr(found, "__wrapped__"):
            found = found.func if isinstance(found, partial) else found.__wrapped__
        return found if hasattr(found, "__code__") else type(found).__call__

    @property
    def can_fail(self) -> bool:
        """Whether there is anything in the function that could raise: a call, or a raise."""
        return not _HARMFUL.isdisjoint(self.written.__code__.co_code[::2])

    @property
    def is_for_debugging(self) -> bool:
        """Whether it is the sentence that pytest-bdd brings for its own debugging."""
        return self.function.__module__.startswith("pytest_bdd.")

    def arguments(self, text: str) -> dict[str, Any] | None:
        """Return the arguments in *text*, or None where the sentence is another one."""
        if not self.parser.is_matching(text):
            return None
        return dict(self.parser.parse_arguments(text) or {})

    def accepts(self, folder: Path) -> bool:
        """Return whether features in *folder* see this definition."""
        return self.directory is None or folder.is_relative_to(self.directory)


def _is_required(parameter: inspect.Parameter) -> bool:
    is_named = parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    return is_named and parameter.default is parameter.empty
