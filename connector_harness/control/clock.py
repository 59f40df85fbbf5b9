"""The sandbox's clock, which a scenario may put forward."""

from connector_harness.control.routes import SandboxControl


class VirtualClock:
    """Puts the time of single consumers forward; that of all others stays as it is.

    Args:
        control: The sandbox's control routes.
    """

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def advance(self, consumer: str, seconds: float) -> None:
        """Let time pass for *consumer*: what is due in it happens now.

        Args:
            consumer: The consumer's id outside the endpoint.
            seconds: How much; more than 0, 864,000 at the most.

        Raises:
            SandboxControlError: The sandbox refuses.
        """
        self._control.tell("clock", {"consumer": consumer, "seconds": seconds})
