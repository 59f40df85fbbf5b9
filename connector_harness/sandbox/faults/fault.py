"""Faults: what kinds there are is said where each is played; one of them, as it was injected."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject

WEBHOOK = "webhook"
"""The operation of what the sandbox sends by itself; all others are calls to it."""

CREATE = ("create_conversation",)
CONVERSATION = (*CREATE, "send")
DOCUMENT = (*CONVERSATION, "app_token", "consumer_token", "domains")
CALL = (*DOCUMENT, "put_file", "get_file")
OPERATIONS = (*CALL, WEBHOOK)

ANONYMOUS = frozenset({"app_token", "domains"})
"""The operations of which nobody knows the consumer; a fault for one of them never applies here."""

NARROWING = ("client_id", "type")
"""The parameters that say which webhooks of an operation are meant."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        operations: The operations that it can apply to.
        needs: The parameters that have to be given.
        takes: The parameters that can be left out.
    """

    operations: tuple[str, ...]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """Something that goes wrong: what, for whom, and how often.

    ``name`` is one of `FAULTS`; ``consumer`` None is everybody, and ``times`` None always.
    """

    id: str
    name: str
    operations: tuple[str, ...]
    consumer: str | None = None
    times: int | None = 1
    parameters: JsonObject = field(default_factory=dict)
    applied: int = 0
    recovered: bool = False

    @property
    def is_over(self) -> bool:
        """Whether it will not be applied any more."""
        return self.recovered or (self.times is not None and self.applied >= self.times)

    def seconds(self, name: str) -> float:
        """Return a parameter that is a time."""
        value = self.parameters[name]
        return float(value) if isinstance(value, int | float) else 0.0

    def fits(self, operation: str, consumer: str | None, about: Mapping[str, str]) -> bool:
        """Return whether it applies to an operation of a consumer, if somebody knows whose it is.

        *about* is what the `NARROWING` parameters must be, where it has them.
        """
        narrowed = self.parameters.keys() & set(NARROWING)
        return (
            operation in self.operations
            and self.consumer in (None, consumer)
            and all(self.parameters[name] == about.get(name) for name in narrowed)
        )
