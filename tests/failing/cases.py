"""The representative failures: a good feature and a good reply, with one mutation each."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.endpoint import faults
from tests.endpoint.server import Answer, Fault, Received, json_answer

# Not named as features: a run of the tests would play them.
GOOD = "good.gherkin"
WITH_AN_AGENT = "good_with_an_agent.gherkin"


@dataclass(frozen=True, kw_only=True)
class Case:
    """One failure.

    Attributes:
        kind: The class that it must have.
        fault: What the endpoint does instead of the good reply.
        times: How often it does so: where the connector asks again, more than once.
        was: What stands in the good feature.
        becomes: What stands there instead.
        feature: The good feature.
    """

    kind: str
    fault: Fault | None = None
    times: int = 1
    was: str = ""
    becomes: str = ""
    feature: str = GOOD


def replied(change: Callable[[list[dict[str, Any]]], object]) -> Fault:
    """Return the fault of changing the good reply in one place."""

    def fault(right: Answer, _: Received) -> Answer:
        document = json.loads(right.content)
        change(document)
        return replace(right, content=json.dumps(document).encode())

    return fault


def not_let_in(_: Answer, __: Received) -> Answer:
    """Refuse the app token as documented."""
    body = {"title": "Unauthorized", "details": "Invalid AppJWT", "errorCode": 40102}
    document = {"kind": "resp", "code": 401, "body": body, "type": ".ReqBody$ErrorResp"}
    return json_answer(document, 401)


CASES = {
    "another_number_expected": Case(kind="product", was="number 0", becomes="number 7"),
    "another_number_answered": Case(
        kind="product", fault=replied(lambda items: items[2]["body"].update(sequence=1))
    ),
    "the_endpoint_fails": Case(kind="product", fault=faults.ANYWHERE["fails_with_500"]),
    "an_answer_off_its_schema": Case(
        kind="contract", fault=replied(lambda items: items[0].update(code="FINE", reqId=1))
    ),
    "a_page_instead_of_an_answer": Case(kind="contract", fault=faults.ANYWHERE["answers_a_page"]),
    "a_connection_that_closes": Case(
        kind="transport", fault=faults.ANYWHERE["closes_the_connection"]
    ),
    "no_answer_in_time": Case(kind="timeout", fault=faults.ANYWHERE["never_answers"]),
    "not_let_in": Case(kind="authentication", fault=not_let_in, times=2),
    "a_mistake_in_a_step": Case(
        kind="spec", was="an empty profile", becomes="a profile that nobody has"
    ),
    "a_set_up_that_fails": Case(
        kind="spec", was="  Scenario:", becomes="  @in-the-dark\n  Scenario:"
    ),
    "an_agent_joins_too_late": Case(
        kind="spec",
        was="    When an agent joins\n",
        becomes="    And the conversation has been closed\n    When an agent joins\n",
        feature=WITH_AN_AGENT,
    ),
    "the_sandbox_does_not_answer": Case(
        kind="sandbox",
        was="    When an agent joins\n",
        becomes="    When an agent joins in a sandbox that is gone\n",
        feature=WITH_AN_AGENT,
    ),
    "a_wait_for_what_was_refused": Case(
        kind="timeout",
        was="""    When an agent joins
    And the agent answers "On its way."
    Then the""",
        becomes="""    When the shopper wants to add an agent
    Then within 1 second the""",
        feature=WITH_AN_AGENT,
    ),
    "a_notification_that_does_not_come": Case(
        kind="timeout",
        was='Then the agent\'s "On its way." arrives with number 0',
        becomes='Then at once the agent\'s "It is lost." arrives with number 1',
        feature=WITH_AN_AGENT,
    ),
    "other_words_than_expected": Case(
        kind="product",
        was='Then the agent\'s "On its way."',
        becomes='Then at once the agent\'s "It has come."',
        feature=WITH_AN_AGENT,
    ),
}
"""All of them; those of one run in the order in which the endpoint meets them."""

CONFTEST = '''

import pytest
from pytest_bdd import given, when

from connector_harness.control.routes import SandboxControl


@given("a profile that nobody has")
def a_profile_that_nobody_has() -> None:
    """Look something up that is not there."""
    {}["nobody"]


@when("an agent joins in a sandbox that is gone")
def an_agent_joins_in_a_sandbox_that_is_gone() -> None:
    """Tell a sandbox something that does not hear it."""
    control = SandboxControl("http://127.0.0.1:9", "70000001")
    try:
        control.read("conversations")
    finally:
        control.close()


@pytest.fixture(autouse=True)
def light(request: pytest.FixtureRequest) -> None:
    """Fail where a scenario is in the dark."""
    if request.node.get_closest_marker("in-the-dark"):
        raise OSError("the lamp is broken")
'''
"""What makes the mistakes of a project's own code."""
