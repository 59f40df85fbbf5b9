"""Step definitions as messages, and which words of a sentence are arguments of one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final, TypeAlias

from gherkin.stream.id_generator import IdGenerator

from connector_harness.gherkin.step_index import after_time
from connector_harness.results.reader import Definition

Message: TypeAlias = dict[str, Any]
"""A message, or a part of one."""

_ARGUMENT: Final = re.compile(r"\{[^{}]*\}")

_BRACKET: Final = re.compile(
    r"""
    \\. | \[\^?\]?(?:\\.|[^]\\])*\] | \(\?\#[^)]*\) |
    (?P<group>\((?!\?)|\(\?P<) | \( | (?P<end>\))
    """,
    re.VERBOSE | re.DOTALL,
)
"""A bracket of a regular expression, or what may hold one that is none."""


class Definitions:
    """All step definitions of a run."""

    def __init__(self, every: Iterable[Definition], ids: IdGenerator) -> None:
        self._ids = {each: ids.get_next_id() for each in dict.fromkeys(every)}

    def messages(self) -> Iterator[Message]:
        """Yield a message a definition."""
        for definition, id_ in self._ids.items():
            is_plain = definition.flags is None
            kind = "CUCUMBER_EXPRESSION" if is_plain else "REGULAR_EXPRESSION"
            place = {"uri": definition.path, "location": {"line": definition.line}}
            pattern = {"source": definition.pattern, "type": kind}
            yield {"stepDefinition": {"id": id_, "pattern": pattern, "sourceReference": place}}

    def of(self, meant: Sequence[Definition], sentence: str) -> Message:
        """Return what a test step says of what is *meant* by its *sentence*."""
        return {
            "stepDefinitionIds": [self._ids[each] for each in meant],
            "stepMatchArgumentsLists": [
                {"stepMatchArguments": [{"group": group} for group in groups(each, sentence)]}
                for each in meant
            ],
        }


@dataclass
class _Group:
    """A group of a regular expression, by its number, with the groups inside of it."""

    number: int
    inside: list["_Group"] = field(default_factory=list)


def groups(definition: Definition, sentence: str) -> list[Message]:
    """Return what stands for the arguments of *definition* in *sentence*, and where.

    A place is counted in UTF-16 code units, as those who read messages cut texts.
    """
    if definition.flags is None and definition.pattern == sentence:
        return []
    expression, tree = _expression(definition.pattern, definition.flags)
    match = expression.fullmatch(sentence) or expression.fullmatch(sentence, after_time(sentence))
    return [] if match is None else [_group(each, match) for each in tree]


def _group(group: _Group, match: re.Match[str]) -> Message:
    inside = [_group(each, match) for each in group.inside]
    value, start = match[group.number], match.start(group.number)
    if value is None:
        return {"children": inside}
    before = match.string[:start].encode("utf-16-le", "surrogatepass")
    return {"start": len(before) // 2, "value": value, "children": inside}


@cache
def _expression(pattern: str, flags: int | None) -> tuple[re.Pattern[str], list[_Group]]:
    """Return what matches the sentences of a definition, and its groups."""
    if flags is None:
        # Names in braces, for which the case of the words around them does not count.
        pattern = "(.*?)".join(re.escape(part) for part in _ARGUMENT.split(pattern))
        flags = re.DOTALL | re.IGNORECASE
    expression = re.compile(pattern, flags)
    found, tree = 0, list[_Group]()
    # A bracket that is no group holds those inside of it for the one around it.
    around = [tree]
    for bracket in _BRACKET.finditer(pattern):
        if bracket["group"]:
            found += 1
            around[-1].append(_Group(found))
            around.append(around[-1][-1].inside)
        elif bracket["end"]:
            around.pop()
        elif bracket[0] == "(":
            around.append(around[-1])
    if found != expression.groups:
        # What has comments or conditions: its groups side by side are better than none.
        tree = [_Group(number) for number in range(1, expression.groups + 1)]
    return expression, tree
