"""A look into the sandbox: what it received and made of it."""

from connector_harness.control.routes import SandboxControl
from connector_harness.json_types import JsonObject


class SandboxView:
    """What the sandbox holds for one account."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def conversations(self, consumer: str) -> list[JsonObject]:
        """Return the conversations of *consumer*, oldest first.

        Shape: ``[{"id", "stage", "state", "request", "profile", "dialogs": [{"messages":
        [{"sequence", "text", "from"}]}]}]``.

        Raises:
            SandboxControlError: The sandbox does not show them.
        """
        found = self._control.read("conversations", consumer=consumer)
        return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []

    def wait_until_told(self, consumer: str) -> None:
        """Return once every app has been told of all that *consumer* is due by now, or refused it.

        Raises:
            SandboxControlError: The sandbox does not say so.
        """
        self._control.read("webhooks", consumer=consumer)
