"""Scenarios are pytest's items: named, ordered, chosen and marked as the features say."""

import pytest

from tests.project import FAILING, PASSING, Project, names

SHOP = """
    @shop
    Feature: A shop
      Why it matters.

      Background:
        Given a basket

      @smoke
      Scenario: Nothing
        Then the basket holds 0

      Rule: Things are counted
        They are.

        @slow
        Scenario Outline: Counting <count>
          When "tea" is added
          Then the basket holds <count>

          Examples: right
            | count |
            | 1     |

          @negative
          Examples: wrong
            | count |
            | 2     |

        Scenario Outline: Any thing
          When "<thing>" is added
          Then the basket holds 1

          Examples:
            | thing |
            | tea   |
            | tea   |
            | milk  |

      @team:blue
      Rule: Things are noted
        Background:
          When the note is written:
            ```
            note
            ```

        @severity:critical
        Example: A note
          Then the basket holds 0
"""

NOTHING = "features/shop.feature::Nothing"
ONE = "features/shop.feature::Counting 1"
TWO = "features/shop.feature::Counting 2"
TEA = "features/shop.feature::Any thing[tea]"
MORE_TEA = "features/shop.feature::Any thing[tea#2]"
MILK = "features/shop.feature::Any thing[milk]"
NOTE = "features/shop.feature::A note"
ALL = [NOTHING, ONE, TWO, TEA, MORE_TEA, MILK, NOTE]


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with the feature above."""
    project.feature(SHOP)
    return project


def chosen(project: Project, *args: str) -> list[str]:
    """Return the node ids that pytest would run."""
    return names(project.run("--co", "-q", *args))


def test_scenarios_are_collected_in_file_order(shop: Project) -> None:
    """A node id is the file's path and the scenario's name; no two are the same."""
    assert chosen(shop) == ALL


def test_features_are_collected_in_the_order_of_their_paths(project: Project) -> None:
    """All feature files below the folder are found, with no Python module that binds them."""
    for path in ("b", "a", "deep/er/c"):
        project.feature(PASSING, f"features/{path}.feature")

    assert chosen(project) == [
        f"features/{path}.feature::One thing" for path in ("a", "b", "deep/er/c")
    ]


def test_one_title_in_two_features_is_two_scenarios(project: Project) -> None:
    """A title must be unique in its own feature only; both run."""
    project.feature(PASSING, "features/a.feature")
    project.feature(PASSING, "features/b.feature")

    project.run().assert_outcomes(passed=2)


@pytest.mark.parametrize("name", [ONE, MORE_TEA, NOTE])
def test_node_id_selects_its_scenario(shop: Project, name: str) -> None:
    """What pytest shows can be pasted behind ``pytest``."""
    assert chosen(shop, name) == [name]


def test_file_path_selects_its_scenarios(shop: Project) -> None:
    """A feature file is an argument like a Python file."""
    shop.feature(PASSING, "features/other.feature")

    assert chosen(shop, "features/other.feature") == ["features/other.feature::One thing"]


@pytest.mark.parametrize(
    ("line", "scenarios"),
    [
        (2, ALL),
        (4, ALL),
        (6, ALL),
        (8, [NOTHING]),
        (10, [NOTHING]),
        (12, [ONE, TWO, TEA, MORE_TEA, MILK]),
        (15, [ONE, TWO]),
        (17, [ONE, TWO]),
        (22, [ONE]),
        (24, [ONE, TWO]),
        (27, [TWO]),
        (35, [TEA]),
        (36, [MORE_TEA]),
        (40, [NOTE]),
        (43, [NOTE]),
        (48, [NOTE]),
    ],
)
def test_line_selects_what_stands_there(shop: Project, line: int, scenarios: list[str]) -> None:
    """A line of a row, step, tag, title, rule or feature stands for the scenarios it belongs to."""
    assert chosen(shop, f"features/shop.feature:{line}") == scenarios


def test_lines_add_up(shop: Project) -> None:
    """Several lines and files can be asked for at once."""
    shop.feature(PASSING, "features/other.feature")

    ids = chosen(
        shop, "features/shop.feature:22", "features/shop.feature:10", "features/other.feature"
    )

    assert set(ids) == {ONE, NOTHING, "features/other.feature::One thing"}


@pytest.mark.parametrize(
    ("other", "scenarios"),
    [
        (TWO, [NOTHING, TWO]),
        (TEA, [NOTHING, TEA]),
        ("features/shop.feature", ALL),
        ("features", ALL),
        (".", ALL),
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_line_keeps_nothing_else_from_running(
    shop: Project, other: str, scenarios: list[str], *, is_first: bool
) -> None:
    """What stands beside it on the command line is asked for as well."""
    asked = ["features/shop.feature:10", other]

    assert {*chosen(shop, *asked[:: 1 if is_first else -1])} == {*scenarios}


def test_line_without_a_scenario_is_refused(shop: Project) -> None:
    """A line beyond the file stops the run, which all outputs tell, and how to mend it."""
    shop.run()

    run = shop.run("features/shop.feature:900")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    html = (shop.root / "reports/spec.html").read_text(encoding="utf-8")
    assert "the run could not begin" in html
    run.stderr.fnmatch_lines(
        [
            "ERROR: no scenario at features/shop.feature:900",
            "  next: name a line of a scenario; they start at 9 (Nothing), 16 (Counting <count>)*",
        ]
    )


def test_line_of_a_missing_file_is_refused(shop: Project) -> None:
    """A path that does not exist is named as it was typed."""
    run = shop.run("features/shopp.feature:9")

    assert run.ret == pytest.ExitCode.USAGE_ERROR
    run.stderr.fnmatch_lines(["ERROR: no such feature file: features/shopp.feature"])


def test_line_counts_from_the_folder_where_pytest_starts(shop: Project) -> None:
    """In a sub folder, paths on the command line are relative to that folder."""
    shop.pytester.chdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(shop.root / "features")

        assert chosen(shop, "shop.feature:22") == [ONE]


@pytest.mark.parametrize("title", ["A::B", "Is it (sic)?", "50% of <b> & 'c'/\"d\"", "Grüße 🙂"])
def test_line_selects_a_scenario_with_any_title(project: Project, title: str) -> None:
    """Signs that mean something in a node id do not stand in the way of a line."""
    text = f"Feature: F\n  Scenario: {title}\n    Given a basket\n"
    project.feature(f"{text}  Scenario: Other\n    Given a basket\n")

    name = title.replace("::", ": :").translate({ord("["): "(", ord("]"): ")"})
    assert chosen(project, "features/shop.feature:2") == [f"features/shop.feature::{name}"]


@pytest.mark.parametrize(
    ("expression", "scenarios"),
    [
        ("Nothing", [NOTHING]),
        ("Counting and not 2", [ONE]),
        ("milk", [MILK]),
        ("shop", ALL),
    ],
)
def test_words_of_the_name_select(shop: Project, expression: str, scenarios: list[str]) -> None:
    """``-k`` matches the words of titles, rows and files."""
    assert chosen(shop, "-k", expression) == scenarios


@pytest.mark.parametrize(
    ("expression", "scenarios"),
    [
        ("shop", ALL),
        ("smoke", [NOTHING]),
        ("slow", [ONE, TWO]),
        ("slow and not negative", [ONE]),
        ("negative", [TWO]),
        ("team:blue", [NOTE]),
        ("severity:critical or smoke", [NOTHING, NOTE]),
    ],
)
def test_tags_select(shop: Project, expression: str, scenarios: list[str]) -> None:
    """``-m`` knows the tags of features, rules, scenarios and Examples, with or without colon."""
    assert chosen(shop, "-m", expression) == scenarios


@pytest.mark.parametrize(
    "tag", ["new", "a-b", "JIRA-123", "_private", "größe", "a(b)", "wip:1", "if"]
)
def test_any_tag_passes_strict_markers(project: Project, tag: str) -> None:
    """Tags come from the features: none has to be registered by hand."""
    project.feature(f"Feature: F\n  @{tag}\n  Scenario: S\n    Given a basket\n")

    project.run("--strict-markers").assert_outcomes(passed=1)


def test_tags_are_listed_as_markers(shop: Project) -> None:
    """A marker of a feature is a marker that other plugins see on the item."""
    shop.write(
        "conftest.py",
        """
        pytest_plugins = ["shop_steps"]


        def pytest_runtest_setup(item):
            marks = [mark.name for mark in item.iter_markers()]
            assert marks == ["shop", "team:blue", "severity:critical", "critical"]
            assert item.get_closest_marker("shop")
        """,
    )

    shop.run(NOTE).assert_outcomes(passed=1)


def test_slip_in_a_tag_is_noticed(shop: Project) -> None:
    """A near miss of a known tag is shown at the end of a run, which it does not stop."""
    for name, tag in (("a", "negative"), ("b", "negativ")):
        shop.feature(
            f"Feature: F\n  @{tag}\n  Scenario: S\n    Given a basket\n", f"features/{name}.feature"
        )

    run = shop.run("-k", "Nothing")

    run.stdout.fnmatch_lines(
        [
            "*worth a look*",
            "features/b.feature:2: tag @negativ stands nowhere else and looks like @negative",
            "    next: write @negative, if that is meant",
        ]
    )
    assert run.ret == pytest.ExitCode.OK


def test_slip_in_an_expression_is_noticed(shop: Project) -> None:
    """A name behind ``-m`` that is no tag but looks like one is shown with the tag."""
    run = shop.run("-m", "smok or slow")

    run.assert_outcomes(passed=1, failed=1, deselected=5)
    run.stdout.fnmatch_lines(["-m smok: no scenario has this tag", "    next: did you mean smoke?"])


def test_tag_of_another_feature_selects_nothing(shop: Project) -> None:
    """A tag that the chosen file does not have is no error: it may stand in another feature."""
    shop.feature("Feature: F\n  @other\n  Scenario: S\n    Given a basket\n", "features/a.feature")

    run = shop.run("-m", "other", "features/shop.feature")

    run.assert_outcomes(deselected=7)
    assert run.ret == pytest.ExitCode.NO_TESTS_COLLECTED


def test_sound_tags_are_not_worth_a_look(shop: Project) -> None:
    """A run without near misses says nothing of tags."""
    run = shop.run("-m", "smoke or severity:critical")

    run.assert_outcomes(passed=2, deselected=5)
    run.stdout.no_fnmatch_line("*worth a look*")


def test_last_failed_runs_what_failed(shop: Project) -> None:
    """``--lf`` runs the scenarios that failed in the run before, rows one by one."""
    shop.run()

    assert chosen(shop, "--lf") == [TWO]


def test_failed_first_runs_the_rest_too(shop: Project) -> None:
    """``--ff`` begins with what failed."""
    shop.run()

    assert chosen(shop, "--ff") == [TWO, *(name for name in ALL if name != TWO)]


def test_collecting_runs_nothing(shop: Project) -> None:
    """``--co`` shows the scenarios, and no step begins."""
    run = shop.run("--co")

    run.stdout.fnmatch_lines(["*<FeatureFile shop.feature>", "*<ScenarioItem Nothing>"])
    assert shop.seen == []


def test_folder_may_have_sentences_of_its_own(project: Project) -> None:
    """A conftest.py gives its folder sentences, and overrides those from above there alone."""
    project.write(
        "features/deep/conftest.py",
        """
        from pytest_bdd import given


        @given("a basket", target_fixture="basket")
        def a_deep_basket(seen):
            seen.append("deep basket")
            return [1, 2, 3]


        @given("a well")
        def a_well(seen):
            seen.append("well")
        """,
    )
    project.feature(PASSING, "features/a.feature")
    project.feature(
        "Feature: F\n  Scenario: S\n    Given a basket\n    And a well\n"
        "    Then the basket holds 3\n",
        "features/deep/b.feature",
    )
    project.feature(PASSING, "features/z.feature")

    project.run().assert_outcomes(passed=3)

    assert project.seen == ["basket", "deep basket", "well", "basket"]


def test_sentence_of_a_folder_is_undefined_elsewhere(project: Project) -> None:
    """Whatever is collected first, a folder's sentences stay its own."""
    project.write(
        "features/a/conftest.py",
        'from pytest_bdd import given\n\n\n@given("a well")\ndef a_well(): pass\n',
    )
    text = "Feature: F\n  Scenario: S\n    Given a well\n"
    project.feature(text, "features/a/a.feature")
    project.feature(text, "features/b/b.feature")

    run = project.run()

    run.stdout.fnmatch_lines(["features/b/b.feature:3: no step definition for: Given a well"])
    run.stdout.no_fnmatch_line("features/a/a.feature:3:*")


def test_fixture_of_a_folder_serves_its_features(project: Project) -> None:
    """Steps find fixtures by pytest's rules: those of the feature's own folder win."""
    project.steps("""
        @then("the place is told")
        def the_place_is_told(place, seen):
            seen.append(place)
    """)
    fixture = "import pytest\n\n\n@pytest.fixture\ndef place(): return '{}'\n"
    for folder in ("a", "b"):
        project.write(f"features/{folder}/conftest.py", fixture.format(folder))
        text = "Feature: F\n  Scenario: S\n    Then the place is told\n"
        project.feature(text, f"features/{folder}/x.feature")

    project.run().assert_outcomes(passed=2)

    assert project.seen == ["a", "b"]


def test_autouse_fixtures_surround_each_scenario(project: Project) -> None:
    """Autouse fixtures are set up before the first step and torn down after the last."""
    project.write(
        "conftest.py",
        """
        import pytest

        pytest_plugins = ["shop_steps"]


        @pytest.fixture(autouse=True)
        def light(seen):
            seen.append("on")
            yield
            seen.append("off")
        """,
    )
    project.feature(PASSING, "features/a.feature")
    project.feature(PASSING, "features/b.feature")

    project.run()

    assert project.seen == ["on", "basket", "off"] * 2


def test_last_failed_row_runs_alone(shop: Project) -> None:
    """``--lf`` runs the rows that failed, not their siblings."""
    shop.feature(
        """
        Feature: F
          Scenario Outline: Prices
            Given a basket
            When "tea" is added
            Then the basket holds <count>
            Examples:
              | count |
              | 1     |
              | 2     |
    """,
        "features/rows.feature",
    )
    shop.run("features/rows.feature").assert_outcomes(passed=1, failed=1)

    run = shop.run("features/rows.feature", "--lf")

    run.assert_outcomes(failed=1, deselected=1)
    run.stdout.fnmatch_lines(["FAILED features/rows.feature::Prices?2? - *"])


def test_line_of_a_file_with_findings_stops_like_the_file(shop: Project) -> None:
    """A line chosen in a file that must be mended ends with exit code 2, as the file does."""
    shop.feature("Feature: F\n  Scenario: S\n    Given a bsket\n", "features/bad.feature")

    run = shop.run("features/bad.feature:2")

    assert run.ret == pytest.ExitCode.INTERRUPTED
    run.stdout.no_fnmatch_line("*found no collectors*")


def test_run_of_nothing_keeps_the_last_results(shop: Project) -> None:
    """What selects nothing does not cost the results of the run before."""
    shop.run("features")
    before = len(shop.results())

    shop.run("features", "-k", "nothing_of_that_name")

    assert before > 0
    assert len(shop.results()) == before


def test_workers_run_the_same_scenarios(shop: Project) -> None:
    """With ``-n 2`` the same scenarios run with the same outcomes; notices are shown once."""
    shop.feature("Feature: F\n  @smokes\n  Scenario: S\n    Given a basket\n", "features/a.feature")
    shop.feature("Feature: F\n  @smoke\n  Scenario: S\n    Given a basket\n", "features/b.feature")

    shop.run()
    expected = told(shop)

    run = shop.run("-n", "2")

    run.assert_outcomes(passed=8, failed=1)
    assert told(shop) == expected
    assert (shop.results_folder / "environment.properties").exists()
    run.stdout.fnmatch_lines([f"FAILED {TWO} - [[]product[]] the basket holds 1, not 2 *"])
    assert run.stdout.str().count("tag @smokes stands nowhere else and looks like @smoke") == 1


def told(project: Project) -> list[list[str]]:
    """Return what the results tell of each scenario, wherever it ran."""
    told = ("fullName", "historyId", "testCaseId", "status")
    return sorted([result[name] for name in told] for result in project.results())


def test_ordinary_tests_run_beside_features(shop: Project) -> None:
    """Python tests are collected as ever, in the same run."""
    shop.write("test_plain.py", "def test_plain():\n    pass\n")

    shop.run("features/shop.feature:10", "test_plain.py").assert_outcomes(passed=2)


def test_project_without_features_is_left_alone(project: Project) -> None:
    """A run of Python tests only needs no settings, starts nothing and writes no results."""
    project.write("test_plain.py", "def test_plain():\n    pass\n")

    run = project.run("test_plain.py", endpoint="unknown")

    run.assert_outcomes(passed=1)
    run.stdout.no_fnmatch_line("*results:*")
    assert not project.results_folder.exists()


def test_stepwise_goes_on_where_it_stopped(shop: Project) -> None:
    """``--sw`` stops at a failure and begins with it the next time."""
    shop.run("--sw").assert_outcomes(passed=2, failed=1)

    assert chosen(shop, "--sw") == [TWO, TEA, MORE_TEA, MILK, NOTE]


def test_first_failure_can_end_the_run(project: Project) -> None:
    """``-x`` leaves out the scenarios after the first failure."""
    project.feature(FAILING, "features/a.feature")
    project.feature(PASSING, "features/b.feature")

    project.run("-x").assert_outcomes(failed=1)


def test_run_without_a_terminal(project: Project) -> None:
    """Who switches pytest's own reports off gets the results all the same."""
    project.feature(PASSING)
    options = "--import-mode=importlib -p connector_harness.plugin -p no:anyio"

    run = project.run("-o", f"addopts={options} -p no:hypothesispytest", "-p", "no:terminal")

    assert run.ret == pytest.ExitCode.OK
    assert [each["status"] for each in project.results()] == ["passed"]
