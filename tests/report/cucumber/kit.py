"""The samples of Cucumber's compatibility kit: their steps in Python, and where results differ.

The features themselves, and what Cucumber makes of them, come from the kit's package.
"""

from types import MappingProxyType
from typing import Final

HEADER: Final = """
from pathlib import Path

import allure
import pytest
from pytest_bdd import given, parsers, step, then, when

HERE = Path(__file__).parent / "features"


@pytest.fixture
def world():
    return {}
"""

ORDERS: Final = """
@step(parsers.parse('an order for "{what}"'))
def an_order(what): ...


@when("an action")
def an_action(): ...


@then("an outcome")
def an_outcome(world):
    assert not world.keys()
"""

CUKES: Final = """
@step(parsers.parse("there are {count:d} cucumbers"))
def there_are(world, count):
    world["count"] = count


@step(parsers.parse("there are {friends:d} friends"))
def friends(world, friends):
    world["friends"] = friends


@when(parsers.parse("I eat {count:d} cucumbers"))
def i_eat(world, count):
    world["count"] -= count


@then(parsers.parse("I should have {count:d} cucumbers"))
def i_should_have(world, count):
    assert world["count"] == count


@then(parsers.parse("each person can eat {share:d} cucumbers"))
def each_can_eat(world, share):
    assert world["count"] // (1 + world["friends"]) == share
"""

KINDS: Final = """
@step("a step")
def a_step(): ...


@step("a failing step")
def a_failing_step():
    raise ValueError("whoops")


@step("a pending step")
def a_pending_step():
    raise NotImplementedError


@step("a skipped step")
def a_skipped_step():
    pytest.skip()


@step(parsers.re("an ambiguous (?P<rest>.*?)"))
def ambiguous(rest): ...


@step(parsers.re("(?P<start>.*?) ambiguous step"))
def just_as_ambiguous(start): ...
"""

PASSES: Final = """
@when("a step passes")
def a_step_passes(): ...


@when("a step fails")
def a_step_fails():
    raise ValueError("Exception in step")
"""

AROUND: Final = """
@pytest.fixture(autouse=True)
def around(request):
    with allure.step("before"):
        {before}
    yield
    with allure.step("after"):
        {after}
"""

OF_THE_RUN: Final = """
@pytest.fixture(autouse=True, scope="session")
def of_the_run():
    {before}
    yield
    {after}
"""

SKIPS: Final = """
@step("a step that skips")
def a_step_that_skips():
    pytest.skip()
"""

PENDING: Final = """
@step("an unimplemented pending step")
def unimplemented():
    raise NotImplementedError("TODO")


@step("an implemented non-pending step")
def implemented(): ...


@step("an implemented step that is skipped")
def implemented_too(): ...
"""

IMPLEMENTED: Final = """
@step("an implemented step")
def implemented(): ...


@step("a step that will be skipped")
def will_be_skipped(): ...
"""

RETRY: Final = """
TRIED = []


def pytest_collection_modifyitems(items):
    for item in items:
        # What fails otherwise would fail again.
        item.add_marker(pytest.mark.flaky(reruns=2, rerun_except="NotImplementedError"))


@step("a step that always passes")
def always_passes(): ...


@step(parsers.parse("a step that passes the {which} time"))
def passes_later(which):
    TRIED.append(which)
    assert TRIED.count(which) == ["first", "second", "third"].index(which) + 1


@step("a step that always fails")
def always_fails():
    raise ValueError("Exception in step")


@step("a pending step")
def a_pending_step():
    raise NotImplementedError
"""

STEPS: Final = MappingProxyType(
    {
        "all-statuses": KINDS,
        "ambiguous": """
@step(parsers.re("a (?P<one>.*?) with (?P<other>.*?)"))
def first(one, other): ...


@step(parsers.re("a step with (?P<other>.*?)"))
def second(other): ...
""",
        "attachments": """
@when(parsers.parse('the string "{text}" is attached as "{kind}"'))
def is_attached(text, kind):
    allure.attach(text, attachment_type=kind)


@when(parsers.parse('the string "{text}" is logged'))
def is_logged(text):
    allure.attach(text, attachment_type="text/x.cucumber.log+plain")


@when("text with ANSI escapes is logged")
def colours_are_logged():
    rainbow = zip("rainbow", (31, 91, 33, 32, 34, 95, 35))
    coloured = "".join(f"\\x1b[{colour}m{letter}\\x1b[0m" for letter, colour in rainbow)
    is_logged(f"This displays a {coloured}")


@when(parsers.parse('the following string is attached as "{kind}":'))
def following_is_attached(kind, docstring):
    allure.attach(docstring, attachment_type=kind)


@when(parsers.parse('an array with {size:d} bytes is attached as "{kind}"'))
def bytes_are_attached(size, kind):
    allure.attach(bytes(range(size)), attachment_type=kind)


@when("a PDF document is attached and renamed")
def a_document_is_attached():
    allure.attach.file(HERE / "document.pdf", "renamed.pdf", "application/pdf", "pdf")


@when(parsers.parse('a link to "{url}" is attached'))
def a_link_is_attached(url):
    allure.dynamic.link(url)


@when(parsers.parse('the string "{text}" is attached as "{kind}" before a failure'))
def is_attached_before_a_failure(text, kind):
    allure.attach(text, attachment_type=kind)
    raise ValueError("whoops")
""",
        "backgrounds": ORDERS,
        "cdata": """
@step(parsers.parse("I have {count:d} <![CDATA[cukes]]> in my belly"))
def cukes(count): ...
""",
        "data-tables": """
@when("the following table is transposed:")
def transposed(world, datatable):
    world["table"] = [list(row) for row in zip(*datatable)]


@then("it should be:")
def it_should_be(world, datatable):
    assert world["table"] == datatable
""",
        "doc-strings": """
@step("a doc string:")
def a_doc_string(docstring): ...
""",
        "empty": "",
        "examples-tables": CUKES,
        "examples-tables-attachment": """
@when(parsers.parse("a {kind} image is attached"))
def an_image_is_attached(kind):
    file = HERE / f"cucumber.{kind.lower()}"
    allure.attach.file(file, attachment_type=f"image/{kind.lower()}")
""",
        "examples-tables-undefined": CUKES,
        "examples-tables-undefined-multiple": CUKES,
        "failedish-combinations": KINDS,
        "global-hooks": OF_THE_RUN.format(before="...", after="...") + PASSES,
        "global-hooks-afterall-error": OF_THE_RUN.format(
            before="...", after="raise ValueError('AfterAll hook went wrong')"
        )
        + PASSES,
        "global-hooks-attachments": OF_THE_RUN.format(
            before="allure.attach('Attachment from BeforeAll hook')",
            after="allure.attach('Attachment from AfterAll hook')",
        )
        + PASSES,
        "global-hooks-beforeall-error": OF_THE_RUN.format(
            before="raise ValueError('BeforeAll hook went wrong')", after="..."
        )
        + PASSES,
        "hooks": AROUND.format(before="...", after="...") + PASSES,
        "hooks-attachment": AROUND.format(
            before="allure.attach.file(HERE / 'cucumber.svg', attachment_type='image/svg+xml')",
            after="allure.attach.file(HERE / 'cucumber.svg', attachment_type='image/svg+xml')",
        )
        + PASSES,
        "hooks-conditional": """
@pytest.fixture(autouse=True)
def around(request):
    marks = {each.name for each in request.node.iter_markers()}
    if "fail-before" in marks:
        raise ValueError("Exception in conditional hook")
    if "passing-hook" in marks:
        allure.attach("before")
    yield
    if "passing-hook" in marks:
        allure.attach("after")
    if "fail-after" in marks:
        raise ValueError("Exception in conditional hook")
"""
        + PASSES,
        "hooks-named": AROUND.format(before="...", after="...") + PASSES,
        "hooks-skipped": """
@pytest.fixture(autouse=True)
def around(request):
    marks = {each.name for each in request.node.iter_markers()}
    if "skip-before" in marks:
        pytest.skip()
    yield
    if "skip-after" in marks:
        pytest.skip()


@step("a normal step")
def a_normal_step(): ...
"""
        + SKIPS,
        "hooks-undefined": AROUND.format(before="...", after="..."),
        "minimal": """
@step(parsers.parse("I have {count:d} cukes in my belly"))
def cukes(count): ...
""",
        "multiple-features": ORDERS,
        "multiple-features-reversed": """
def pytest_collection_modifyitems(items):
    items.reverse()
"""
        + ORDERS,
        "parameter-types": """
def flight(text):
    return text.split("-")


flight.pattern = "[A-Z]{3}-[A-Z]{3}"


@step(parsers.parse("{flight:Flight} has been delayed", extra_types={"Flight": flight}))
def is_delayed(flight):
    assert flight == ["LHR", "CDG"]
""",
        "pending": PENDING,
        "pending-exception": PENDING,
        "regular-expression": """
VEGETABLES = "a (?P<one>.*?)(?: and a (?P<two>.*?))?(?: and a (?P<three>.*?))?"


@step(parsers.re(VEGETABLES))
def vegetables(one, two, three): ...
""",
        "retry": RETRY,
        "retry-ambiguous": """
@step("an ambiguous step")
def one(): ...


@step("an ambiguous step")
def another(): ...
""",
        "retry-pending": RETRY,
        "retry-undefined": RETRY,
        "rules": """
@step(parsers.parse("the customer has {money:d} cents"))
def has_cents(world, money):
    world["money"] = money


@step("there are chocolate bars in stock")
def in_stock(world):
    world["stock"] = ["Mars"]


@step("there are no chocolate bars in stock")
def none_in_stock(world):
    world["stock"] = []


@when(parsers.parse("the customer tries to buy a {price:d} cent chocolate bar"))
def tries_to_buy(world, price):
    if world["money"] >= price and world["stock"]:
        world["chocolate"] = world["stock"].pop()


@then("the sale should not happen")
def no_sale(world):
    assert "chocolate" not in world


@then("the sale should happen")
def a_sale(world):
    assert world["chocolate"]
""",
        "rules-backgrounds": ORDERS,
        "skipped": """
@step("a step that does not skip")
def does_not_skip(): ...


@step("a step that is skipped")
def is_skipped(): ...


@step("I skip a step")
def i_skip():
    pytest.skip()
""",
        "skipped-exception": """
@step("I skip a step")
def i_skip():
    pytest.skip("skipping")
""",
        "skipped-failing-hook": """
@pytest.fixture(autouse=True)
def around():
    yield
    raise ValueError("whoops")
"""
        + SKIPS,
        "stack-traces": """
@when("a step throws an exception")
def throws():
    raise ValueError("BOOM")
""",
        "undefined": IMPLEMENTED,
        "undefined-multiple": IMPLEMENTED,
        "unused-steps": """
@step("a step that is used")
def used(): ...


@step("a step that is not used")
def unused(): ...
""",
    }
)
"""The step definitions of each sample that can be told in Python."""

STOPS: Final = "nothing runs of a feature in which a step has no definition, or several"
ONE_HOOK: Final = "what fixtures do is one hook before the steps and one after them, if they do it"
IN_A_SCENARIO: Final = "what a fixture of the whole run does is part of the scenario around it"

DIFFERENT: Final = MappingProxyType(
    {
        **dict.fromkeys(("all-statuses", "failedish-combinations", "hooks-undefined"), STOPS),
        **dict.fromkeys(("examples-tables-undefined", "undefined", "undefined-multiple"), STOPS),
        "examples-tables-undefined-multiple": STOPS,
        "empty": "a scenario without steps is a finding",
        **dict.fromkeys(("global-hooks-afterall-error", "global-hooks-attachments"), IN_A_SCENARIO),
        "global-hooks-beforeall-error": IN_A_SCENARIO,
        "hooks-skipped": ONE_HOOK,
    }
)
"""The samples that end otherwise here, and why."""

NOT_TOLD: Final = MappingProxyType(
    {
        "markdown": "features in Markdown are no feature files here",
        "test-run-exception": "it breaks Cucumber itself, by an option of its own",
        "unknown-parameter-type": "Python takes no sentence of an unknown type",
    }
)
"""The samples without steps in Python, and why."""
