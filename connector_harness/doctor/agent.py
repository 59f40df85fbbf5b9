"""Whether the agent that the settings name can be had, and what they can do."""

from typing import Final

from connector_harness.client.settings import SettingsError
from connector_harness.control.adapters import load_agent
from connector_harness.control.agent import METHODS
from connector_harness.doctor.result import CheckResult, failed, good, not_tried
from connector_harness.doctor.session import Session

CHECK: Final = "agent"


def check_agent(session: Session) -> CheckResult:
    """Load the agent, and return what they can do; nobody is asked to do any of it."""
    try:
        agent = load_agent(session.endpoint, rootdir=session.rootdir)
    except SettingsError as error:
        return failed(CHECK, error)
    if agent is None:
        if session.control is not None:
            return good(CHECK, "the sandbox there plays the agent")
        return not_tried(CHECK, 'nobody plays the agent (agent = "module:factory" or "manual")')
    cannot = agent.cannot
    agent.sign_out()
    can = ", ".join(name for name in METHODS if name not in cannot)
    lacks = f"; not: {', '.join(sorted(cannot))}" if cannot else ""
    return good(CHECK, f"{session.endpoint.agent}: {can}{lacks}")
