"""Whom a failure is for: seven classes, explained once."""

from enum import StrEnum
from typing import Any, Final


class FailureClass(StrEnum):
    """Whom a failure is for."""

    PRODUCT = "product"
    CONTRACT = "contract"
    TRANSPORT = "transport"
    AUTHENTICATION = "authentication"
    TIMEOUT = "timeout"
    SANDBOX = "sandbox"
    SPEC = "spec"


MEANINGS: Final[dict[FailureClass, str]] = {
    FailureClass.PRODUCT: "the endpoint did something else",
    FailureClass.CONTRACT: "what was sent or answered is off the contract",
    FailureClass.TRANSPORT: "no usable answer came",
    FailureClass.AUTHENTICATION: "the connector was not let in",
    FailureClass.TIMEOUT: "something did not happen in time",
    FailureClass.SANDBOX: "the sandbox itself failed",
    FailureClass.SPEC: "the feature or its steps are at fault",
}
"""What each class means, at the terminal and in every document."""


def categories() -> list[dict[str, Any]]:
    """Return how Allure sorts failures: by the class in front of their messages.

    Shape: ``[{"name": str, "messageRegex": str, "matchedStatuses": [str, …]}, …]``. The pattern
    is understood by Java, which matches the whole message, and by JavaScript, which need not.
    """
    return [
        {
            "name": f"{kind}: {meaning}",
            "messageRegex": rf"^\[{kind}\][\s\S]*",
            "matchedStatuses": ["failed", "broken"],
        }
        for kind, meaning in MEANINGS.items()
    ]
