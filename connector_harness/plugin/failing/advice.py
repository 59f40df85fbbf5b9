"""What to do next about a failure."""

from typing import Final

from connector_harness.plugin.failing.reason import Reason
from connector_harness.results.failure_class import FailureClass
from connector_harness.results.record import ScenarioUnderWay

ADVICE: Final = {
    FailureClass.PRODUCT: "compare what came with the sentence that failed: one of them is wrong",
    FailureClass.AUTHENTICATION: "see whether the account may do this, and with these credentials",
    FailureClass.SANDBOX: "the sandbox failed by itself; "
    "`python -m connector_harness.sandbox --verbose` serves one that says why",
}
"""What to do where the failure itself does not say."""

OUT_OF_ORDER: Final = "see the endpoint's log: by its own account it has failed"


REFUSED: Final = "see the last exchange first: what was refused there may be why nothing came"


def advice(kind: FailureClass, reason: Reason, record: ScenarioUnderWay) -> tuple[str, ...]:
    """Return what to do next, in the words of the failure itself where it has any."""
    exchange = record.last_exchange
    if kind is FailureClass.TIMEOUT and exchange is not None and exchange.is_refusal:
        return (REFUSED, *reason.advice)
    if reason.advice:
        return reason.advice
    if kind is FailureClass.PRODUCT and exchange is not None and exchange.is_server_error:
        return (OUT_OF_ORDER,)
    where = f" ({reason.place})" if reason.place else ""
    usual = f"mend the code{where}; --full-trace shows the whole way there"
    return (ADVICE.get(kind, usual),)
