"""Step definitions as messages, and where a sentence holds their arguments."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, TypeAlias

from gherkin.stream.id_generator import IdGenerator

from connector_harness.results.reader import Definition

Message: TypeAlias = dict[str, Any]
"""A message, or a part of one."""

_ARGUMENT: Final = re.compile(r"\{[^{}]*\}")


class Definitions:
    """The step definitions that sentences of a run have meant."""

    def __init__(self, meant: Mapping[str, Definition], ids: IdGenerator) -> None:
        self._meant = meant
        self._ids = {each: ids.get_next_id() for each in dict.fromkeys(meant.values())}

    def messages(self) -> Iterator[Message]:
        """Yield a message a definition."""
        for definition, id_ in self._ids.items():
            yield {
                "stepDefinition": {
                    "id": id_,
                    "pattern": {"source": definition.pattern, "type": "CUCUMBER_EXPRESSION"},
                    "sourceReference": {
                        "uri": definition.path,
                        "location": {"line": definition.line},
                    },
                }
            }

    def of(self, sentence: str) -> Message:
        """Return what a test step says of its definition; nothing where that is not known."""
        definition = self._meant.get(sentence)
        if definition is None:
            return {}
        arguments = [
            {"group": group, "parameterTypeName": ""}
            for group in _groups(definition.pattern, sentence)
        ]
        return {
            "stepDefinitionIds": [self._ids[definition]],
            "stepMatchArgumentsLists": [{"stepMatchArguments": arguments}],
        }


def _groups(pattern: str, sentence: str) -> Iterator[Message]:
    """Yield what stands for the arguments of *pattern* in *sentence*, and where."""
    match = _expression(pattern).fullmatch(sentence)
    if match is None:
        return
    for number in range(1, len(match.groups()) + 1):
        yield {"start": match.start(number), "value": match[number], "children": []}


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(re.escape(part) for part in _ARGUMENT.split(pattern)), re.DOTALL)
