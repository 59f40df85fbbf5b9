"""The sandbox's clock, which a scenario may put forward."""

from connector_harness.control.routes import SandboxControl


class VirtualClock:
    """Puts the time of single consumers forward; that of all others stays as it is."""

    def __init__(self, control: SandboxControl) -> None:
        self._control = control

    def advance(self, consumer: str, seconds: float) -> None:
        """Let more than 0 and at most 864,000 seconds pass for *consumer*: what is due happens now.

        Raises:
            SandboxControlError: The sandbox refuses.
        """
        self._control.tell("clock", {"consumer": consumer, "seconds": seconds})
