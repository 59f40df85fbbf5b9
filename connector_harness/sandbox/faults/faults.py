"""Which faults there are, and which of them the sandbox was told to have."""

from collections.abc import Collection, Mapping

from connector_harness.json_types import JsonObject, JsonValue
from connector_harness.sandbox.faults import broken_responses, wrong_answers
from connector_harness.sandbox.faults.fault import NARROWING, WEBHOOK, Fault, FaultKind

FAULTS: Mapping[str, FaultKind] = {
    **broken_responses.FAULTS,
    **wrong_answers.FAULTS,
    "late": FaultKind((WEBHOOK,), needs=("delay_s",), takes=NARROWING),
    **dict.fromkeys(
        ("twice", "out_of_order", "wrong_signature"), FaultKind((WEBHOOK,), takes=NARROWING)
    ),
}
"""Every kind of fault, by its name: those of calls are where they are played."""

MOST_FAULTS = 1000
"""How many faults of an account are known; for one more, one that is over is forgotten."""


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
            operations=FAULTS[name].operations if operation is None else (operation,),
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
        among: Collection[str] = FAULTS,
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
