"""Tests of how the features are written: the house style of Gherkin, checked over all of them."""

import itertools
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from gherkin.parser import Parser
from gherkin.pickles.compiler import Compiler

ROOT = Path(__file__).parent.parent
ORDER = ["Context", "Action", "Outcome"]
NOTHING_OPENED = re.compile(
    r"\bno\b.* opened\b|^no (token|service|address) is given$|\bno further \w"
)
REFUSED = re.compile(r"\brefused\b")
QUOTED = re.compile('"[^"]*"')
WORDS = re.compile(
    r"\b(?:https?|json|url|uri|api|status|headers?|body|payload|schema|fields?"
    r"|parameters?|query|cookies?|response|bearer|webhook|2\d\d|30[1-8]|40\d|4[12]\d|50[0-4])\b"
    r"(?! characters)",
    re.IGNORECASE,
)
# What no shopper writes either: methods, paths, the wire's names, and documents.
SHAPES = re.compile(
    r"\b(?:GET|POST|PUT|PATCH|DELETE)s?\b|(?<![\w/:.<])/\w+"
    r"|\b[a-z]{2,}[A-Z]\w*|\b\w+_\w+|\b[a-z]+\.[A-Z]\w+|^\s*[\[{]"
)


@dataclass(frozen=True)
class Feature:
    """One feature file, parsed, with its scenarios as they run: one for each row."""

    path: str
    node: Any
    runs: list[Any]

    def at(self, node: Any) -> str:  # noqa: ANN401
        """Return the place of *node*, as findings name it."""
        return f"{self.path}:{node['location']['line']}"


def parts(node: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401
    """Yield the rules, backgrounds and scenarios below *node*, each with what it is."""
    for child in node.get("children", []):
        ((kind, part),) = child.items()
        yield kind, part
        yield from parts(part)


def read(path: str, text: str) -> Feature:
    """Return the feature in *text*."""
    document = Parser().parse(text)
    return Feature(path, document["feature"], list(Compiler().compile({**document, "uri": path})))


def every_run(features: list[Feature]) -> Iterator[tuple[str, Any]]:
    """Yield each scenario as it runs, with its place."""
    for feature in features:
        yield from ((feature.at(run), run) for run in feature.runs)


def outcomes(run: Any) -> list[str]:  # noqa: ANN401
    """Return what the Then steps of *run* say."""
    return [step["text"] for step in run["steps"] if step["type"] == "Outcome"]


def is_refusal(run: Any) -> bool:  # noqa: ANN401
    """Return whether *run* is tagged as a refusal."""
    return "@negative" in [tag["name"] for tag in run["tags"]]


def texts(step: Any) -> Iterator[str]:  # noqa: ANN401
    """Yield what *step* says: its sentence and its table without quotations, then all of it."""
    argument = step.get("argument", {})
    rows = argument.get("dataTable", {"rows": []})["rows"]
    said = [step["text"], *(cell["value"] for row in rows for cell in row["cells"])]
    yield QUOTED.sub('""', "\n".join(said))
    yield from [*said, argument.get("docString", {"content": ""})["content"]]


def titles_are_unique(features: list[Feature]) -> Iterator[str]:
    """Find titles that stand twice, in one file or in two."""
    places: dict[str, str] = {}
    for feature, node in titled(features):
        first = places.setdefault(node["name"], feature.at(node))
        if first != feature.at(node):
            yield f"{feature.at(node)}: {node['name']!r} is also the title at {first}"


def titles_are_short(features: list[Feature]) -> Iterator[str]:
    """Find missing titles and those of 70 characters or more."""
    for feature, node in titled(features):
        if not 0 < len(node["name"]) < 70:
            yield f"{feature.at(node)}: a title of {len(node['name'])} characters"


def titled(features: list[Feature]) -> Iterator[tuple[Feature, Any]]:
    """Yield every feature, rule and scenario."""
    for feature in features:
        yield feature, feature.node
        yield from ((feature, part) for kind, part in parts(feature.node) if kind != "background")


def features_say_why(features: list[Feature]) -> Iterator[str]:
    """Find features with a description of less than two lines."""
    for feature in features:
        if len(feature.node["description"].strip().splitlines()) < 2:
            yield f"{feature.at(feature.node)}: less than two lines say why"


def scenarios_have_three_to_five_steps(features: list[Feature]) -> Iterator[str]:
    """Find scenarios that say too little or too much, backgrounds aside."""
    for feature in features:
        for kind, node in parts(feature.node):
            if kind == "scenario" and not 3 <= len(node["steps"]) <= 5:
                yield f"{feature.at(node)}: {len(node['steps'])} step(s)"


def given_comes_before_when_before_then(features: list[Feature]) -> Iterator[str]:
    """Find scenarios whose steps, the background's first, are out of order or of no kind."""
    for place, run in every_run(features):
        kinds = [step["type"] for step in run["steps"]]
        if kinds != sorted(kinds, key=[*ORDER, "Unknown"].index) or "Unknown" in kinds:
            yield f"{place}: not Given, When, Then"


def something_happens_once(features: list[Feature]) -> Iterator[str]:
    """Find scenarios without a When, and with When steps in several places."""
    for place, run in every_run(features):
        kinds = ["", *(step["type"] for step in run["steps"])]
        groups = sum(now == "Action" != before for before, now in itertools.pairwise(kinds))
        if groups != 1:
            yield f"{place}: {groups} groups of When"


def something_is_expected(features: list[Feature]) -> Iterator[str]:
    """Find scenarios without a Then."""
    yield from (f"{place}: no Then" for place, run in every_run(features) if not outcomes(run))


def sentences_know_no_wire(features: list[Feature]) -> Iterator[str]:
    """Find words of the wire in steps, and its shapes also in what steps quote."""
    for place, run in every_run(features):
        for step in run["steps"]:
            plain, *written = texts(step)
            words = [*WORDS.findall(plain), *(w for each in written for w in SHAPES.findall(each))]
            yield from (f"{place}: {word.strip()!r} in {step['text']!r}" for word in words)


def refusals_are_a_fifth(features: list[Feature]) -> Iterator[str]:
    """Find too few refusals, each row counted."""
    refusals = [is_refusal(run) for _, run in every_run(features)]
    if sum(refusals) * 5 < len(refusals):
        yield f"{sum(refusals)} refusals in {len(refusals)} scenarios"


def refusals_open_nothing(features: list[Feature]) -> Iterator[str]:
    """Find refusals that do not look whether something was opened all the same."""
    for place, run in every_run(features):
        if is_refusal(run) and not any(map(NOTHING_OPENED.search, outcomes(run))):
            yield f"{place}: no Then shows that nothing was opened"


def refusals_are_tagged(features: list[Feature]) -> Iterator[str]:
    """Find scenarios that expect a refusal and are not counted as one."""
    for place, run in every_run(features):
        if not is_refusal(run) and any(map(REFUSED.search, outcomes(run))):
            yield f"{place}: a refusal without @negative"


def examples_say_what_they_are(features: list[Feature]) -> Iterator[str]:
    """Find Examples tables without a name."""
    for feature in features:
        for _, node in parts(feature.node):
            unnamed = (table for table in node.get("examples", []) if not table["name"])
            yield from (f"{feature.at(table)}: Examples without a name" for table in unnamed)


def two_columns(step: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the rows of a table of two columns: what it is, and which."""
    rows = step.get("argument", {}).get("dataTable", {}).get("rows", [])
    cells = [[cell["value"] for cell in row["cells"]] for row in rows]
    yield from ((row[0], row[1]) for row in cells if len(row) == 2)


def data_is_used(features: list[Feature], folder: Path) -> Iterator[str]:
    """Find files below *folder* that no sentence names, or that are not JSON."""
    steps = [step for _, run in every_run(features) for step in run["steps"]]
    said = [step["text"] for step in steps]
    said += [f'{kind} "{name}"' for step in steps for kind, name in two_columns(step)]
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        kind = file.parent.name.removesuffix("s").replace("_", " ")
        name = file.relative_to(folder).as_posix()
        if not any(f'{kind} "{file.stem.replace("_", " ")}"' in text for text in said):
            yield f"{name}: used by no feature"
        try:
            json.loads(file.read_text(encoding="utf-8"))
        except ValueError as error:
            yield f"{name}: {type(error).__name__}"


Check: TypeAlias = Callable[[list[Feature]], Iterator[str]]
CHECKS: list[Check] = [
    titles_are_unique,
    titles_are_short,
    features_say_why,
    scenarios_have_three_to_five_steps,
    given_comes_before_when_before_then,
    something_happens_once,
    something_is_expected,
    sentences_know_no_wire,
    refusals_are_a_fifth,
    refusals_open_nothing,
    refusals_are_tagged,
    examples_say_what_they_are,
]
GOOD = """\
Feature: Shoppers open conversations
  A conversation is where a shopper is heard,
  so it must be easy to open.

  Background:
    Given a shopper

  Rule: One is enough

    @negative
    Scenario: A second one is refused
      Given the profile "regular"
      When the shopper asks for a second conversation
      Then the batch is refused
      And no conversation was opened

    Scenario Outline: Any message is heard
      Given the endpoint, its version, a batch and a token
      When the shopper says "<text>" in 500 characters
      Then a conversation is open

      Examples: what shoppers write
        | text                                |
        | What is the status of my iPhone?    |
        | See https://shop.test/a and/or call |
"""
WHEN = "When the shopper asks for a second conversation"
SECOND = "Given the endpoint, its version, a batch and a token"
PLANTED = [
    (titles_are_unique, "A second one is refused", "One is enough", "11: 'One is enough' is also"),
    (titles_are_short, "One is enough", "o" * 70, "8: a title of 70"),
    (titles_are_short, " Any message is heard", "", "17: a title of 0"),
    (features_say_why, ",\n  so it must be easy to open.", "", "1: less than two lines"),
    (scenarios_have_three_to_five_steps, SECOND, "", "17: 2 step(s)"),
    (scenarios_have_three_to_five_steps, SECOND, f"{SECOND}\n" + "And so\n" * 3, "17: 6 step(s)"),
    (given_comes_before_when_before_then, SECOND, "Then it is open", "24: not Given"),
    (given_comes_before_when_before_then, SECOND, "* a token", "24: not Given"),
    (given_comes_before_when_before_then, "Given a shopper", "When he shops", "11: not Given"),
    (something_happens_once, WHEN, "", "11: 0 groups"),
    (something_happens_once, "And no conv", "When asked again\nThen no conv", "11: 2 groups"),
    (something_is_expected, "Then a conversation is open", "", "24: no Then"),
    (refusals_are_a_fifth, "@negative", "", "0 refusals in 3 scenarios"),
    (refusals_are_a_fifth, "    | See", "    | a |\n" * 3 + "    | See", "1 refusals in 6"),
    (refusals_open_nothing, "And no conversation was opened", "", "11: no Then shows"),
    (refusals_are_tagged, "@negative", "@critical", "11: a refusal without"),
    (examples_say_what_they_are, " what shoppers write", "", "22: Examples without"),
]
PLANTED_WORDS = [
    *("the HTTP call", "a json body", "status is", "it answers 200", "error 401", "two headers"),
    *("the shopper POSTs", "POST", 'at "/conversations"', 'the "conversationId"', "lp_sdes"),
    *("cm.ConsumerRequestConversation", '"BAD_REQUEST"', "a payload", "/api/account"),
]


@pytest.fixture(scope="module")
def features() -> list[Feature]:
    """All features."""
    files = sorted((ROOT / "features").rglob("*.feature"))
    return [read(f.relative_to(ROOT).as_posix(), f.read_text(encoding="utf-8")) for f in files]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_features_keep_the_style(features: list[Feature], check: Check) -> None:
    """Every feature passes every check."""
    found = list(check(features))

    assert features
    assert not found, "\n".join(found)


def test_features_use_all_data(features: list[Feature]) -> None:
    """Every named document is JSON and used."""
    found = list(data_is_used(features, ROOT / "features" / "data"))

    assert not found, "\n".join(found)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_check_passes_what_is_well_written(check: Check) -> None:
    """A feature in the style has no finding."""
    assert list(check([read("planted.feature", GOOD)])) == []


@pytest.mark.parametrize(("check", "old", "new", "finding"), PLANTED)
def test_check_finds_the_planted_fault(check: Check, old: str, new: str, finding: str) -> None:
    """One fault in a feature is one finding, at its line."""
    assert GOOD.count(old) == 1
    found = list(check([read("planted.feature", GOOD.replace(old, new))]))

    assert found
    assert found[0].removeprefix("planted.feature:").startswith(finding)


@pytest.mark.parametrize("words", PLANTED_WORDS)
def test_wire_words_are_found(words: str) -> None:
    """A sentence that would change with the transport is found."""
    planted = read("planted.feature", GOOD.replace("asks for a second conversation", words))

    found = list(sentences_know_no_wire([planted]))

    assert found
    assert all(finding.startswith("planted.feature:11: ") for finding in found)


def test_documents_in_steps_are_found() -> None:
    """A doc string or a table may carry a text, but no JSON and no names of the wire."""
    block = f'{WHEN}\n"""\n{{"id": 1}}\n"""\n'
    table = f"{WHEN}\n| reqId |\n"

    for argument in (block, table):
        assert list(sentences_know_no_wire([read("planted.feature", GOOD.replace(WHEN, argument))]))


def test_unused_and_broken_data_is_found(tmp_path: Path) -> None:
    """A file that no sentence names is found, and one that is not JSON."""
    (tmp_path / "profiles").mkdir()
    (tmp_path / "profiles" / "regular.json").write_text("{")
    (tmp_path / "profiles" / "rare.json").write_text("{}")

    assert list(data_is_used([read("planted.feature", GOOD)], tmp_path)) == [
        "profiles/rare.json: used by no feature",
        "profiles/regular.json: JSONDecodeError",
    ]
