"""Which faults the sandbox was told to have, and which call or webhook each of them applies to."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from connector_harness.json_types import JsonObject, JsonValue

WEBHOOK = "webhook"
"""The operation of what the sandbox sends by itself; all others are calls to it."""

_CREATE = ("create_conversation",)
_CONVERSATION = (*_CREATE, "send")
_DOCUMENT = (*_CONVERSATION, "app_token", "consumer_token", "domains")
_CALL = (*_DOCUMENT, "put_file", "get_file")

OPERATIONS = (*_CALL, WEBHOOK)
FITTING: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("latency", "slow_body", "timeout", "reset_before", "reset_after"), _CALL),
    **dict.fromkeys(("half_body", "wrong_content_type"), _CALL),
    "invalid_json": _DOCUMENT,
    **dict.fromkeys(("reordered_answers", "duplicate_answer", "missing_answer"), _CREATE),
    "throttled": _CALL,
    **dict.fromkeys(("status_500", "status_502", "status_503", "status_504"), _CALL),
    "expired_token": (*_CONVERSATION, "consumer_token"),
    **dict.fromkeys(("late", "twice", "out_of_order", "wrong_signature"), (WEBHOOK,)),
}
"""The operations that each fault can apply to, by its name."""

ANONYMOUS = frozenset({"app_token", "domains"})
"""The operations of which nobody knows the consumer; a fault for one of them never applies here."""

NARROWING = ("client_id", "type")
"""The parameters that say which webhooks of an operation are meant."""

MOST_FAULTS = 1000
"""How many faults of an account are known; for one more, one that is over is forgotten."""


@dataclass(slots=True, kw_only=True, eq=False)
class Fault:
    """Something that goes wrong: what, for whom, and how often.

    ``name`` is one of `FITTING`; ``consumer`` None is everybody, and ``times`` None always.
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


class FaultBook:
    """The faults of every account, in the order in which they were injected."""

    def __init__(self) -> None:
        self._known: dict[str, list[Fault]] = {}
        self._injected = 0

    def is_armed(self, account: str) -> bool:
        """Return whether any fault of an account is waiting to be applied."""
        return any(not fault.is_over for fault in self._known.get(account, ()))

    def has_room(self, account: str) -> bool:
        """Return whether one more fault may be injected."""
        known = self._known.get(account, ())
        return len(known) < MOST_FAULTS or any(fault.is_over for fault in known)

    def inject(
        self,
        account: str,
        name: str,
        *,
        operation: str | None = None,
        consumer: str | None = None,
        times: int | None = 1,
        parameters: JsonObject | None = None,
    ) -> Fault:
        """Add a fault and return it; without an operation it applies to all that fit its name."""
        self._injected += 1
        fault = Fault(
            id=f"fault-{self._injected}",
            name=name,
            operations=FITTING[name] if operation is None else (operation,),
            consumer=consumer,
            times=times,
            parameters=parameters or {},
        )
        known = self._known.setdefault(account, [])
        if len(known) >= MOST_FAULTS:
            known.remove(next(each for each in known if each.is_over))
        known.append(fault)
        return fault

    def find(
        self,
        account: str,
        operation: str,
        consumer: str | None,
        *,
        about: Mapping[str, str] | None = None,
        among: Collection[str] = FITTING,
    ) -> Fault | None:
        """Return the fault that applies next, the first injected; it is not counted as applied.

        *among* are the faults that can apply at this moment; the rest is as in `Fault.fits`.
        """
        fitting = (
            fault
            for fault in self._known.get(account, ())
            if fault.name in among
            and not fault.is_over
            and fault.fits(operation, consumer, about or {})
        )
        return next(fitting, None)

    def recover(
        self, account: str, *, consumer: str | None = None, fault_id: str | None = None
    ) -> list[Fault]:
        """End faults and return them, also those that were over already; None is for all."""
        ended = self._chosen(account, consumer, fault_id)
        for fault in ended:
            fault.recovered = True
        return ended

    def read(
        self, account: str, *, consumer: str | None = None, fault_id: str | None = None
    ) -> list[JsonValue]:
        """Return faults as they stand, those that are over first.

        Shape: ``[{"id", "fault", "operations": [str], "consumer": str | None, "times": int |
        None, "applied": int, "over": bool, …parameters}]``. The arguments are those of `recover`.
        """
        chosen = self._chosen(account, consumer, fault_id)
        return [_shown(fault) for fault in sorted(chosen, key=lambda fault: not fault.is_over)]

    def _chosen(self, account: str, consumer: str | None, fault_id: str | None) -> list[Fault]:
        return [
            fault
            for fault in self._known.get(account, ())
            if consumer in (None, fault.consumer) and fault_id in (None, fault.id)
        ]


def _shown(fault: Fault) -> JsonValue:
    operations: list[JsonValue] = list(fault.operations)
    return {
        **fault.parameters,
        "id": fault.id,
        "fault": fault.name,
        "operations": operations,
        "consumer": fault.consumer,
        "times": fault.times,
        "applied": fault.applied,
        "over": fault.is_over,
    }
