"""The sandbox's faults, which a scenario may ask for."""

from typing import Any

from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonObject, JsonValue


class Faults:
    """Lets the sandbox misbehave, and behave again."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control
        self._injected: dict[str, str | None] = {}

    def inject(
        self,
        fault: str,
        *,
        consumer: str | None,
        operation: str | None = None,
        times: int | None = 1,
        **parameters: JsonValue,
    ) -> str:
        """Let calls, or webhooks, go wrong from now on, and return the id of the fault.

        A call has one fault at the most, the one that was injected first; so
        ``status_503`` twice and then ``throttled`` is two calls of `inject`.

        Args:
            fault: Its name; `docs/faults.md` lists them, and what parameters each takes.
            consumer: Whose calls or webhooks, by the id outside the endpoint; None for everybody's
                in the account. Of ``app_token`` and ``domains`` calls nobody knows the consumer:
                only a fault for everybody applies to them.
            operation: ``create_conversation``, ``send``, ``app_token``, ``consumer_token``,
                ``domains``, ``put_file``, ``get_file`` or ``webhook``; None for all that fit.
            times: How many have it; None for all until recovered.
            parameters: What else is told of it.

        Raises:
            SandboxControlError: The sandbox refuses, and says why.
        """
        wanted: JsonObject = {
            "fault": fault,
            "times": times,
            **({} if consumer is None else {"consumer": consumer}),
            **({} if operation is None else {"operation": operation}),
            **parameters,
        }
        fault_id = str(self._control.tell("faults", wanted)["id"])
        self._injected[fault_id] = consumer
        return fault_id

    def recover(self, *, consumer: str | None = None) -> None:
        """End the faults that were injected here, or those of a consumer; what was held back comes.

        Raises:
            SandboxControlError: The sandbox refuses.
        """
        for fault_id, whose in list(self._injected.items()):
            if consumer in (None, whose):
                self._control.remove("faults", id=fault_id)
                del self._injected[fault_id]

    def applied(self, fault_id: str) -> int:
        """Return how often a fault was applied, also when it is over.

        Raises:
            SandboxControlError: The sandbox does not know it, or not any more.
        """
        found: Any = self._control.read("faults", id=fault_id)
        return int(found["faults"][0]["applied"])
