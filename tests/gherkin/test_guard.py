"""What is wrong with the features stops the run before anything runs, and all of it is named."""

from pathlib import Path

import pytest
from gherkin.dialect import DIALECTS

from connector_harness.gherkin.feature import parse_feature
from connector_harness.gherkin.guard import Guard, near_misses
from connector_harness.gherkin.step_index import StepIndex
from tests.project import PASSING, Project, findings

SAME_TITLE = """
    Feature: F
      Scenario: One thing
        Given a basket
      Rule: R
        Scenario: One thing
          Given a basket
"""

NO_SCENARIO = """
    # why
    Feature: Nothing yet
      Some day.
"""

NO_FEATURE = """
    # Feature: commented out
"""

NO_COLON = """
    Feature: F
      Scenario First
        Given a basket

      Scenario: Second
        Given a basket
"""

MISSPELT_BLOCK = """
    Feature: F
      Backgroud:
        Given a basket

      Scenario: S
        When "tea" is added
"""

BARE_PLACEHOLDER = """
    Feature: F
      Scenario: S
        When "<thing>" is added
"""

BACKGROUND_PLACEHOLDER = """
    Feature: F
      Background:
        When "<thing>" is added
      Scenario Outline: S
        When "<thing>" is added
        Examples:
          | thing |
          | tea   |
"""

ONE_EMPTY_TABLE = """
    Feature: F
      Scenario Outline: S
        When "<thing>" is added
        Examples:
          | thing |
          | tea   |
        Examples:
          | thing |
"""

ONE_NAME_TWICE = """
    Feature: F
      Scenario Outline: S
        When "<thing>" is added
        Examples:
          | thing | thing |
          | tea   | rum   |
"""

NO_STEPS = """
    Feature: F
      Scenario: Nothing
"""

NO_ROWS = """
    Feature: F
      Scenario Outline: Prices
        When "<price>" is added
        Examples:
          | price |
"""

UNDEFINED = """
    Feature: F
      Scenario: S
        Given a bassket
"""

WRONG_KEYWORD = """
    Feature: F
      Scenario: S
        When a basket
"""

STRANGE = """
    Feature: F
      Scenario: S
        Given the moon rises over the sea
"""

MISSPELT_KEYWORD = """
    Feature: F
      An ordinary description.

      Scenario: S
        # a remark
        Gven a basket
        Any basket will do.
        When "tea" is added
"""

SMALL_KEYWORD = """
    Feature: F
      Background:
        given a basket

      Scenario: S
        When "tea" is added
"""

FAULTY_TABLE = """
    Feature: F
      Scenario: S
        Given these customers
          | Ada  |
          | Adda |
"""

AMBIGUOUS = """
    Feature: F
      Scenario: S
        Given a basket
        When "rum" is added
"""

UNASKED_TABLE = """
    Feature: F
      Scenario: S
        Given a basket
          | tea |
"""

UNASKED_TEXT = '''
    Feature: F
      Scenario: S
        Given a basket
          """
          tea
          """
'''

SWALLOWING_TEXT = """
    Feature: A basket
      Scenario: A note that is ended otherwise than it begins
        Given a basket
        When the note is written:
          \"\"\"
          a note
          ```

      Scenario: A note that ends it
        When the note is written:
          \"\"\"
        Then the basket holds 0
"""

FENCED_TEXT = """
    Feature: A basket
      Scenario: Notes that show other notes
        Given a basket
        When the note is written:
          \"\"\"
          ```gherkin
          Scenario: A text of its own
          ```
          \"\"\"
        When the note is written:
          ```
          Say \"\"\", and no more.
          ```
        Then the basket holds 0
"""

MISSING_TABLE = """
    Feature: F
      Scenario: S
        Given a basket
        When these are added:
"""

MISSING_TEXT = """
    Feature: F
      Scenario: S
        When the note is written:
"""

NO_COLUMN = """
    Feature: F
      Scenario Outline: S
        Given a basket
        When "<thing>" is added
        Then the basket holds <count>
        Examples:
          | thing | cuont |
          | tea   | 1     |
"""

UNKNOWN_DOCUMENT = """
    Feature: F
      Scenario: S
        Given the customer Adda
"""

BROKEN_DOCUMENT = """
    Feature: F
      Scenario: S
        Given the customer Bob
"""

NO_GHERKIN = """
    Feature: F
      Scenario: S
        Given a basket
        Whn "tea" is added
      Scenario S
"""

LACKING = """
    Feature: F
      Scenario: S
        Given the customer Ada
        Then the receipt is paid
"""

EMPTY_RULE = """
    Feature: F
      Scenario: S
        Given a basket
      Rule: Nothing is lost
        Background:
          Given a basket
"""

LOST_CELL = """
    Feature: F
      Scenario: S
        When these are added:
          | tea |
          | rum | gin
"""

LOST_COLUMN = """
    Feature: F
      Scenario Outline: S
        When "<thing>" is added
        Examples:
          | thing | why
          | tea   |
"""

NO_TITLE = """
    Feature: F
      Scenario:
        Given a basket
"""

SKIPPED = """
    Feature: F
      @xfail
      Scenario: S
        Given a basket
"""

GLUED_TAGS = """
    Feature: F
      @smoke@nightly
      Scenario: S
        Given a basket
"""

LISTED_TAGS = """
    Feature: F
      @smoke, @nightly
      Scenario: S
        Given a basket
"""

UNFILLED_TAG = """
    @owner:<name>
    Feature: F
      Scenario Outline: S
        When "<thing>" is added
        Examples:
          | thing |
          | tea   |
"""

SWALLOWED = """
    Feature: F
      Given a basket
      When "tea" is added

      Scenario: S
        Given a basket
"""

MORE_STEPS = """
    from pathlib import Path

    from connector_harness.gherkin.named_documents import NamedDocuments

    CUSTOMERS = NamedDocuments(Path(__file__).parent / "features/data/customers", "customer")


    @when('"rum" is added')
    def rum_is_added():
        pass


    class Rows:
        def __call__(self, rows):
            return [CUSTOMERS(row[0]) for row in rows]

        def problem(self, rows):
            return next(filter(None, (CUSTOMERS.problem(row[0]) for row in rows)), None)


    @given("these customers", converters={"datatable": Rows()})
    def these_customers(datatable, seen):
        seen.append(datatable)


    @given(parsers.parse("the customer {name}"), converters={"name": CUSTOMERS})
    def the_customer(name, seen):
        seen.append(name)


    @given("everything is paid for", target_fixture="receipt")
    @given("a customer has paid", target_fixture="receipt")
    def has_paid():
        return "paid"


    @then("the receipt is paid")
    def the_receipt_is_paid(receipt, seen):
        seen.append(receipt)
"""

FINDINGS = {
    "one title twice": (
        SAME_TITLE,
        (
            ':5: scenario title "One thing" stands already at line 2\n'
            "next: give each scenario of a feature a title of its own"
        ),
    ),
    "no scenario": (NO_SCENARIO, ":2: feature without a scenario\nnext: write one"),
    "no feature": (
        NO_FEATURE,
        (
            ":1: no feature in this file, so nothing of it would run\n"
            "next: write one, or remove the file"
        ),
    ),
    "no colon": (
        NO_COLON,
        (
            ":2: 'Scenario' is no keyword, so this is a description and never runs\n"
            "next: write Scenario:, or begin the description with another word"
        ),
    ),
    "misspelt block": (
        MISSPELT_BLOCK,
        (
            ":2: 'Backgroud:' is no keyword, so this is a description and never runs\n"
            "next: write Background:, or begin the description with another word"
        ),
    ),
    "placeholder without examples": (
        BARE_PLACEHOLDER,
        (
            ":3: <thing> stands in a scenario without Examples and is sent as it is\n"
            "next: give an outline a column thing, or leave the angle brackets out"
        ),
    ),
    "placeholder in a background": (
        BACKGROUND_PLACEHOLDER,
        (
            ":3: <thing> stands in a background and is sent as it is\n"
            "next: give an outline a column thing, or leave the angle brackets out"
        ),
    ),
    "one table without rows": (
        ONE_EMPTY_TABLE,
        ":7: this Examples table has no rows\nnext: add one, or take it out",
    ),
    "one column name twice": (
        ONE_NAME_TWICE,
        (
            ':4: column "thing" stands 2 times in the Examples\n'
            "next: give each column a name of its own"
        ),
    ),
    "rule without a scenario": (
        EMPTY_RULE,
        (
            ':4: rule "Nothing is lost" has no scenario and checks nothing\n'
            "next: write one, or take the rule out"
        ),
    ),
    "cell behind the last bar": (
        LOST_CELL,
        (
            ":5: 'gin' stands behind the last bar of its row and is lost\n"
            "next: end the row with a bar, or take it out"
        ),
    ),
    "column behind the last bar": (
        LOST_COLUMN,
        (
            ":5: 'why' stands behind the last bar of its row and is lost\n"
            "next: end the row with a bar, or take it out"
        ),
    ),
    "no title": (
        NO_TITLE,
        ":2: scenario without a title\nnext: say in its title what must hold",
    ),
    "mark of pytest": (
        SKIPPED,
        (
            ":2: @xfail would let the scenario fail, or not run, without anybody knowing\n"
            "next: write @quarantine:2026-12-31 and the issue, as @issue:ABC-1, or take it out"
        ),
    ),
    "tags in one": (
        GLUED_TAGS,
        (
            ":2: @smoke@nightly is read as @smoke and @nightly: a tag ends where the next @ "
            "stands\nnext: write a space between two tags, and no @ inside one"
        ),
    ),
    "tags with a comma": (
        LISTED_TAGS,
        ":2: @smoke, ends in ','\nnext: write a space, and nothing else, between two tags",
    ),
    "tag that no row fills": (
        UNFILLED_TAG,
        (
            ":1: <name> in @owner:<name> is filled by no column\n"
            "next: give an outline a column name, or write the tag out"
        ),
    ),
    "no steps": (
        NO_STEPS,
        (
            ':2: scenario "Nothing" has no steps and would check nothing\n'
            "next: write its steps, or take it out"
        ),
    ),
    "no rows": (
        NO_ROWS,
        (
            ':2: outline "Prices" has no example rows and would never run\n'
            "next: add an Examples table with at least one row"
        ),
    ),
    "undefined": (
        UNDEFINED,
        (
            ":3: no step definition for: Given a bassket\n"
            "next: did you mean: Given a basket (shop_steps.py:6)"
        ),
    ),
    "wrong keyword": (
        WRONG_KEYWORD,
        (
            ":3: a Given sentence under When: When a basket\n"
            "next: write: Given a basket (shop_steps.py:6)"
        ),
    ),
    "misspelt keyword": (
        MISSPELT_KEYWORD,
        (
            ":6: 'Gven' is no keyword, so this is a description and never runs\n"
            "next: write Given, or begin the description with another word"
        ),
    ),
    "keyword in small letters": (
        SMALL_KEYWORD,
        (
            ":3: 'given' is no keyword, so this is a description and never runs\n"
            "next: write Given, or begin the description with another word"
        ),
    ),
    "unknown document in a table": (
        FAULTY_TABLE,
        (
            ':3: no customer is named "Adda"\n'
            'next: did you mean "Ada"? Or write features/data/customers/Adda.json'
        ),
    ),
    "no colon before a table": (
        MISSING_TABLE.replace("added:", "added\n          | tea |"),
        (
            ":4: a colon is missing at its end: When these are added\n"
            "next: write: When these are added: (shop_steps.py:17)"
        ),
    ),
    "no colon before a text": (
        MISSING_TEXT.replace("written:", 'written\n          """\n          a note\n          """'),
        (
            ":3: a colon is missing at its end: When the note is written\n"
            "next: write: When the note is written: (shop_steps.py:22)"
        ),
    ),
    "nothing alike": (
        STRANGE,
        (
            ":3: no step definition for: Given the moon rises over the sea\n"
            "next: look for one with pytest --steps, or write a step definition in steps/"
        ),
    ),
    "ambiguous": (
        AMBIGUOUS,
        (
            ':4: 2 step definitions for: When "rum" is added\n'
            "next: make one of them differ: '\"rum\" is added' (shop_steps.py:49) and "
            "'\"{name}\" is added' (shop_steps.py:12)"
        ),
    ),
    "table unasked for": (
        UNASKED_TABLE,
        (
            ":3: a data table stands below a step that takes none: Given a basket\n"
            "next: take it out, or give a_basket (shop_steps.py:6) the argument datatable"
        ),
    ),
    "text unasked for": (
        UNASKED_TEXT,
        (
            ":3: a doc string stands below a step that takes none: Given a basket\n"
            "next: take it out, or give a_basket (shop_steps.py:6) the argument docstring"
        ),
    ),
    "text that takes a scenario with it": (
        SWALLOWING_TEXT,
        (
            ":5: this doc string goes on behind the ``` of line 7, which does not end it\n"
            'next: write """ there'
        ),
    ),
    "table missing": (
        MISSING_TABLE,
        (
            ":4: a data table is missing below: When these are added:\n"
            "next: write it; these_are_added (shop_steps.py:17) needs it"
        ),
    ),
    "text missing": (
        MISSING_TEXT,
        (
            ":3: a doc string is missing below: When the note is written:\n"
            "next: write it; the_note_is_written (shop_steps.py:22) needs it"
        ),
    ),
    "unknown document": (
        UNKNOWN_DOCUMENT,
        (
            ':3: no customer is named "Adda"\n'
            'next: did you mean "Ada"? Or write features/data/customers/Adda.json'
        ),
    ),
    "value that nothing gives": (
        LACKING,
        (
            ":4: no step before it gives what it needs: Then the receipt is paid\n"
            "next: write before it, for example: Given a customer has paid"
        ),
    ),
    "broken document": (
        BROKEN_DOCUMENT,
        (
            ':3: the customer "Bob" cannot be read: not a JSON object\n'
            "next: mend features/data/customers/Bob.json"
        ),
    ),
}


@pytest.fixture
def shop(project: Project) -> Project:
    """A project with a passing feature, more sentences and two named documents."""
    project.steps(MORE_STEPS)
    project.write("features/data/customers/Ada.json", "{}")
    project.write("features/data/customers/Bob.json", "[]")
    project.feature(PASSING, "features/a_passing.feature")
    return project


@pytest.mark.parametrize(("feature", "finding"), FINDINGS.values(), ids=FINDINGS)
def test_each_fault_is_found_and_nothing_runs(shop: Project, feature: str, finding: str) -> None:
    """A fault is named with its line and what to do, and no scenario of the run begins."""
    shop.feature(feature, "features/faulty.feature")

    run = shop.run()

    assert findings(run) == [f"features/faulty.feature{finding}"]
    assert run.ret == pytest.ExitCode.INTERRUPTED
    assert shop.seen == []


def test_value_given_before_is_no_finding(shop: Project) -> None:
    """A step that comes after one which gives its value is sound."""
    sound = LACKING.replace("the customer Ada", "a customer has paid")
    shop.feature(sound, "features/sound.feature")
    shop.run().assert_outcomes(passed=2)

    assert "paid" in shop.seen


def test_text_may_hold_fences_and_features(shop: Project) -> None:
    """What stands between two fences is a text of its own, and one alone takes nothing with it."""
    shop.feature(FENCED_TEXT)

    assert findings(shop.run()) == []


def test_sentence_that_gives_the_value_is_one_of_the_features(shop: Project) -> None:
    """What is lacking is given as the features give it to the same sentence, if any do."""
    shop.feature(LACKING, "features/faulty.feature")
    sound = LACKING.replace("the customer Ada", "everything is paid for")
    shop.feature(sound, "features/shops/sound.feature")

    [finding] = findings(shop.run("features/faulty.feature"))

    assert finding.endswith("next: write before it, for example: Given everything is paid for")


def test_what_a_giver_needs_itself_is_named_before_it(shop: Project) -> None:
    """What is told can be written as it is, and is told once for all that needs it."""
    shop.steps("""
        @when("the customer pays", target_fixture="change")
        def the_customer_pays(receipt):
            return receipt


        @then("the change is {count:d}")
        def the_change_is(change, receipt):
            assert change


        @then("the change is right")
        def the_change_is_right(change, receipt):
            assert change
    """)
    shop.feature("""
        Feature: F
          Scenario: S
            Then the change is right
            And the change is right
    """)

    run = shop.run()

    assert len(findings(run)) == 1
    run.stdout.fnmatch_lines(
        [
            "*next: write before it, for example: Given a customer has paid",
            "*then: When the customer pays",
        ]
    )


def test_sound_features_have_no_findings(shop: Project) -> None:
    """The guard lets through what is right, a known document included."""
    shop.feature(UNKNOWN_DOCUMENT.replace("Adda", "Ada"), "features/sound.feature")

    run = shop.run()

    run.assert_outcomes(passed=2)
    assert shop.seen == ["basket", {}]


def test_table_reaches_its_step_converted(shop: Project) -> None:
    """A converter of the table gives the step what the rows stand for."""
    shop.feature(FAULTY_TABLE.replace("Adda", "Ada"), "features/sound.feature")

    run = shop.run()

    run.assert_outcomes(passed=2)
    assert shop.seen == ["basket", [{}, {}]]


def test_table_that_lacks_a_cell_is_not_judged(shop: Project) -> None:
    """What the rows would say with their cells is nobody's to guess."""
    shop.feature(FAULTY_TABLE.replace("| Ada  |", "| Adda | a"))

    assert [each.split(":", 2)[1] for each in findings(shop.run())] == ["4"]


def test_columns_and_placeholders_must_fit(shop: Project) -> None:
    """A placeholder without a column, and the column that is meant for it, are one finding."""
    shop.feature(NO_COLUMN)

    found = findings(shop.run())

    assert found == [
        (
            "features/shop.feature:5: placeholder <count> has no column in the Examples at line 6, "
            'and no step uses their column "cuont"\n'
            "next: call the column count, or write <cuont>"
        ),
    ]


def test_columns_that_have_nothing_in_common_are_two_findings(shop: Project) -> None:
    """Of several, a placeholder goes with the column that is written nearly as it is."""
    shop.feature(NO_COLUMN.replace("| thing | cuont |", "| price | why |"))

    assert [each.partition("\n")[0] for each in findings(shop.run())] == [
        "features/shop.feature:4: placeholder <thing> has no column in the Examples at line 6",
        "features/shop.feature:5: placeholder <count> has no column in the Examples at line 6",
        'features/shop.feature:6: column "price" of the Examples is used by no step',
        'features/shop.feature:6: column "why" of the Examples is used by no step',
    ]


def test_sentences_that_no_column_fills_are_named_once(shop: Project) -> None:
    """They are what they would be with their values, and no other finding speaks of them."""
    shop.feature(NO_COLUMN.replace("Given a basket", "Given a basket\n        * <count> figs"))

    assert [each.split(":")[1] for each in findings(shop.run())] == ["4"]


def test_every_line_that_is_no_gherkin_is_named(shop: Project) -> None:
    """Syntax errors are findings like the others, all of a file at once."""
    shop.feature(NO_GHERKIN)

    found = findings(shop.run())

    assert [finding.partition(";")[0] for finding in found] == [
        "features/shop.feature:4: 'Whn \"tea\" is added' does not belong here",
        "features/shop.feature:5: 'Scenario S' does not belong here",
    ]
    assert "a step (Given, When, Then, And, But or *)" in found[0]
    advice = "next: mend the Gherkin; the line above may be the one at fault"
    assert all(finding.endswith(advice) for finding in found)


def test_title_counts_as_use_of_a_column(shop: Project) -> None:
    """A column that only the title, a table or a text mentions is used."""
    shop.feature('''
        Feature: F
          Scenario Outline: <title>
            Given a basket
            When these are added:
              | <cell> |
            And the note is written:
              """
              <note>
              """
            Examples:
              | title | cell | note |
              | T     | c    | n    |
    ''')

    shop.run().assert_outcomes(passed=2)


def test_angle_brackets_that_are_no_placeholder_are_text(shop: Project) -> None:
    """Markup in a text and comparisons are not mistaken for placeholders without a column."""
    shop.feature('''
        Feature: F
          Scenario Outline: S
            Given a basket
            When "<thing>" is added
            And the note is written:
              """
              <b>3</b> < 4, and 4 > 3, <br/>
              """
            Examples:
              | thing | b    |
              | tea   | <b>  |
    ''')

    shop.run().assert_outcomes(passed=2)


def test_column_may_be_named_in_any_characters(shop: Project) -> None:
    """A column whose name holds signs is found where it is used."""
    shop.feature("""
        Feature: F
          Scenario Outline: S
            Given a basket
            When "<price / unit>" is added
            Examples:
              | price / unit |
              | 3            |
    """)

    shop.run().assert_outcomes(passed=2)


def test_fault_in_an_outline_is_named_once(shop: Project) -> None:
    """The rows of an outline share a sentence, and do not repeat its finding."""
    shop.feature("""
        Feature: F
          Scenario Outline: S
            Given a casket of <thing> that nobody ever wrote a sentence for
            Examples:
              | thing |
              | tea   |
              | milk  |
    """)

    assert len(findings(shop.run())) == 1


def test_fault_in_a_background_is_named_once(shop: Project) -> None:
    """The scenarios of a feature share the background, and do not repeat its finding."""
    shop.feature("""
        Feature: F
          Background:
            Given a bassket
          Scenario: A
            Given a basket
          Scenario: B
            Given a basket
    """)

    assert len(findings(shop.run())) == 1


def test_steps_in_a_description_are_found(shop: Project) -> None:
    """A scenario whose first line has been lost would never run, and nobody would know."""
    shop.feature(SWALLOWED)

    assert findings(shop.run()) == [
        (
            f"features/shop.feature:{line}: {text!r} stands in a description and never runs\n"
            "next: write the line that begins its scenario above it"
        )
        for line, text in ((2, "Given a basket"), (3, 'When "tea" is added'))
    ]


@pytest.mark.parametrize(
    "word",
    ["Backgrund:", "Sceanrio:", "Scenario Outlne:", "scenario:", "Exampels:", "Rul:"],
)
def test_keyword_with_a_slip_is_found(shop: Project, word: str) -> None:
    """One letter lost, doubled, swapped or another, or a small one: it is no keyword."""
    shop.feature(f"Feature: F\n  {word} what follows\n\n  Scenario: S\n    Given a basket\n")

    [finding] = findings(shop.run())

    assert finding.startswith(f"features/shop.feature:2: {word!r} is no keyword")


@pytest.mark.parametrize("blank", ["\t", "\u00a0", "\u2009", "\u3000"])
@pytest.mark.parametrize(
    ("language", "words", "keyword"),
    [
        ("en", ("Feature", "Scenario"), "Then"),
        ("fr", ("Fonctionnalité", "Scénario"), "Étant donné"),
    ],
)
def test_keyword_before_another_blank_than_a_space_is_found(
    shop: Project, language: str, words: tuple[str, str], keyword: str, blank: str
) -> None:
    """It cannot be told from a space by looking, and Gherkin takes the line for a description."""
    shop.feature(
        f"# language: {language}\n{words[0]}: F\n  {words[1]}: S\n"
        f"    {keyword}{blank}nothing of what there is\n    * a basket\n"
    )

    [finding] = findings(shop.run())

    assert f"features/shop.feature:4: {keyword + blank!r} is no keyword" in finding
    assert f"next: write {keyword} and a space" in finding


@pytest.mark.parametrize(
    ("language", "feature", "scenario", "line"),
    [
        ("en", "Feature", "Scenario", "Role: shopkeeper"),
        ("en", "Feature", "Scenario", "Rules: see the handbook"),
        ("en", "Feature", "Scenario", "Ruler: ours"),
        ("en", "Feature", "Scenario", "and that is all"),
        ("en", "Feature", "Scenario", "Scenario coverage is poor so far"),
        ("en", "Feature", "Scenario", "Giving baskets away costs nothing"),
        ("de", "Funktion", "Szenario", "Regeln: siehe Handbuch"),
        ("de", "Funktion", "Szenario", "Wann immer jemand kommt, zählt es."),
        ("nl", "Functionaliteit", "Scenario", "Een klant neemt een mandje."),
        ("nl", "Functionaliteit", "Scenario", "Dit beschrijft het mandje."),
        ("da", "Egenskab", "Scenarie", "En kunde tager en kurv."),
        ("pt", "Funcionalidade", "Cenário", "As pessoas levam um cesto."),
        ("fr", "Fonctionnalité", "Scénario", "Cet exemple est le plus simple."),
        ("fr", "Fonctionnalité", "Scénario", "Règles: voir le manuel"),
        ("es", "Característica", "Escenario", "Damos por hecho que hay reglas."),
        ("sv", "Egenskap", "Scenario", "Mellan åtta och fem."),
        ("en", "Feature", "Scenario", "Ruble: the currency"),
        ("en", "Feature", "Scenario", "and the basket holds 1"),
        ("en", "Feature", "Scenario", "but the basket holds 1"),
        ("de", "Funktion", "Szenario", "aber the basket holds 1"),
        ("it", "Funzionalità", "Scenario", "Regole: vedi il manuale"),
        ("it", "Funzionalità", "Scenario", "Scenari: quelli di sempre"),
        ("es", "Característica", "Escenario", "Antecedente: un cesto vacío"),
        ("ru", "Функция", "Сценарий", "Правила: см. справочник"),
        ("ru", "Функция", "Сценарий", "Сценарии: см. справочник"),
        ("pl", "Funkcja", "Scenariusz", "Zasady: patrz podręcznik"),
        ("lv", "Funkcionalitāte", "Scenārijs", "Scenāriji: skat. rokasgrāmatu"),
        ("ja", "機能", "シナリオ", "一例: 籠"),
        ("zh-CN", "功能", "场景", "例: 篮子"),
        ("ar", "خاصية", "سيناريو", "مثل: سلة"),
        ("he", "תכונה", "תרחיש", "הרקע: סל"),
    ],
)
def test_description_may_begin_with_any_word(
    shop: Project, language: str, feature: str, scenario: str, line: str
) -> None:
    """Prose in whatever language stops no run, though it begins nearly as a keyword does."""
    shop.feature(
        f"# language: {language}\n{feature}: F\n  {line}\n\n  {scenario}: S\n    {line}\n\n"
        "    * a basket\n",
    )

    shop.run().assert_outcomes(passed=2)


def test_row_that_leaves_a_title_or_a_tag_empty(shop: Project) -> None:
    """A scenario without a name, and a tag that is none, are found where the row is."""
    shop.feature("""
        Feature: F
          @<mark>
          Scenario Outline: <title>
            Given a basket

            Examples:
              | title | mark  |
              |       | smoke |
              | One   |       |
              | Two   | smoke |
    """)

    title, tag = findings(shop.run())

    assert title.startswith("features/shop.feature:8: this row leaves its scenario without a title")
    assert tag.startswith("features/shop.feature:9: this row leaves an @ without a tag\nnext: fill")


def test_line_may_go_on_as_a_sentence_does(shop: Project) -> None:
    """Prose is broken where the line ends; a first line that is a sentence is one nearly."""
    shop.feature("""
        Feature: F
          What a basket holds is counted
          when "tea" is added

          Scenario: S
            It is empty before anything, that is
            when "rum" is added.
            given a basket

            Given a basket
    """)

    shop.run().assert_outcomes(passed=2)


@pytest.mark.parametrize("language", sorted(DIALECTS))
def test_keyword_is_a_word_where_nothing_begins_with_it(language: str) -> None:
    """Examples of a feature, and the background of a scenario, can only be told of."""
    dialect = DIALECTS[language]
    feature, scenario = dialect["feature"][0], dialect["scenario"][0]
    for examples in dialect["examples"]:
        for background in dialect["background"]:
            text = (
                f"# language: {language}\n{feature}: F\n  {examples}: x\n  {examples.lower()}: x\n"
                f"  {scenario}: S\n    {background}: x\n\n    * x\n"
            )
            spec = parse_feature(text, "f.feature")
            assert spec is not None
            guard = Guard(spec, Path("/f.feature"), StepIndex([]), Path("/"))
            guard.resolve()

            assert [each.line for each in guard.findings if "keyword" in each.what] == []


@pytest.mark.parametrize("word", ["Scenari:", "Szenario:", "Scenaria:", "Scenario\uff1a"])
def test_steps_show_what_was_meant_to_begin_a_scenario(shop: Project, word: str) -> None:
    """What alone may be prose is none where steps stand below it."""
    shop.feature(f"Feature: F\n  {word} x\n    Given a basket\n\n  Scenario: S\n    * a basket\n")

    [finding] = findings(shop.run())

    assert finding.startswith(f"features/shop.feature:2: {word!r} is no keyword")


def test_rows_fill_tags(shop: Project) -> None:
    """A placeholder in a tag of an outline has each row's value, and what it says is checked."""
    shop.feature("""
        Feature: F
          @severity:<how>
          Scenario Outline: S
            When "<thing>" is added
            Examples:
              | thing | how     |
              | tea   | minor   |
              | rum   | crtical |
    """)

    assert findings(shop.run())[-1] == (
        "features/shop.feature:8: 'crtical' in @severity:crtical is no severity\n"
        "next: write @severity:critical; known: blocker, critical, normal, minor, trivial"
    )


def write_all(project: Project) -> list[str]:
    """Write a feature for each kind of fault and return the findings to expect."""
    expected = []
    for number, (feature, finding) in enumerate(FINDINGS.values()):
        path = f"features/faulty_{number:02}.feature"
        project.feature(feature, path)
        expected.append(path + finding)
    return expected


def test_all_findings_of_all_files_come_at_once(shop: Project) -> None:
    """One run names every fault of every file, in the order of the files."""
    expected = write_all(shop)

    run = shop.run()

    assert findings(run) == expected
    run.stdout.fnmatch_lines([f"*Interrupted: {len(expected)} errors during collection*"])


def test_all_findings_of_one_file_come_by_line(shop: Project) -> None:
    """The findings of a file are sorted as an editor shows them."""
    shop.feature("""
        Feature: F
          Scenario: A
            Given a bassket
            And a casket
          Scenario: A
            Given a basket
              | tea |
    """)

    lines = [finding.split(":")[1] for finding in findings(shop.run())]

    assert lines == ["3", "4", "5", "6"]


def test_finding_is_shown_without_a_traceback(shop: Project) -> None:
    """Nothing of the harness's own code stands in the message."""
    shop.feature(UNDEFINED)

    output = shop.run().stdout.str()

    assert "connector_harness/" not in output
    assert "Traceback" not in output


def test_spec_check_finds_the_same(shop: Project) -> None:
    """``--spec-check`` names all findings and ends like a run that is stopped by them."""
    expected = write_all(shop)

    run = shop.run("--spec-check")

    assert findings(run) == expected
    assert run.ret == pytest.ExitCode.INTERRUPTED


def test_spec_check_runs_nothing(shop: Project) -> None:
    """``--spec-check`` of sound features counts them, runs none and needs no settings."""
    run = shop.run("--spec-check", endpoint="unknown")

    run.stdout.fnmatch_lines(["1 scenario(s), no finding; nothing was sent"])
    assert run.ret == pytest.ExitCode.OK
    assert shop.seen == []
    assert not shop.results_folder.exists()


def test_spec_check_needs_no_workers(shop: Project) -> None:
    """With ``-n`` among the usual options, ``--spec-check`` stays in its process."""
    run = shop.run("--spec-check", "-n", "2")

    run.stdout.fnmatch_lines(["1 scenario(s), no finding; nothing was sent"])
    run.stdout.no_fnmatch_line("2 workers*")


def test_workers_find_the_same(shop: Project) -> None:
    """Under xdist each finding is shown once, and nothing runs in any worker."""
    expected = write_all(shop)

    run = shop.run("-n", "2")

    assert sorted(findings(run)) == expected
    assert run.ret == pytest.ExitCode.INTERRUPTED
    assert shop.results() == []


def test_collecting_finds_the_same(shop: Project) -> None:
    """``--co`` is stopped by findings as a run is."""
    shop.feature(UNDEFINED)

    run = shop.run("--co")

    assert len(findings(run)) == 1
    assert run.ret == pytest.ExitCode.INTERRUPTED


def test_rare_tag_that_looks_like_another_is_a_near_miss() -> None:
    """A tag that stands once beside a similar one that stands oftener is likely a slip."""
    tags = [("negative", "a.feature", 2), ("negative", "b.feature", 4), ("negativ", "b.feature", 9)]

    assert [str(finding) for finding in near_misses(tags)] == [
        (
            "b.feature:9: tag @negativ stands nowhere else and looks like @negative\n"
            "    next: write @negative, if that is meant"
        )
    ]


def test_tag_that_looks_like_a_severity_is_a_near_miss() -> None:
    """Severities are known tags, even where nobody uses them yet."""
    [finding] = near_misses([("critcal", "a.feature", 1)])

    assert finding.next == "write @critical, if that is meant"


@pytest.mark.parametrize(
    "tags",
    [
        [("critical", "a.feature", 1), ("minor", "a.feature", 2)],
        [("gold", "a.feature", 1), ("bold", "a.feature", 2)],
        [("order", "a.feature", 1), ("orders", "a.feature", 2), ("orders", "a.feature", 3)] * 2,
    ],
    ids=["severities", "both rare", "both used"],
)
def test_tags_in_use_are_no_near_misses(tags: list[tuple[str, str, int]]) -> None:
    """A severity, two rare tags and two that stand oftener are left alone."""
    assert list(near_misses(tags)) == []


def test_scenario_that_expects_nothing_is_worth_a_look(shop: Project) -> None:
    """A scenario without a Then runs, and the run's end says that it checks nothing."""
    shop.feature("Feature: F\n  Scenario: S\n    Given a basket\n", "features/idle.feature")

    run = shop.run("features/idle.feature")

    run.assert_outcomes(passed=1)
    run.stdout.fnmatch_lines(['features/idle.feature:2: scenario "S" has no Then: it checks *'])


def test_then_that_cannot_fail_is_found(shop: Project) -> None:
    """A Then whose function calls nothing and raises nothing stops the run, with its place."""
    shop.steps(
        "from pytest_bdd import then\n\n\n"
        '@then("all is well")\ndef all_is_well():\n    """Expect the best."""\n'
    )
    shop.feature("Feature: F\n  Scenario: S\n    Then all is well\n", "features/faulty.feature")

    [finding] = findings(shop.run("features/faulty.feature"))

    assert finding.startswith(
        "features/faulty.feature:3: a step that expects nothing: Then all is well\n"
        "next: let all_is_well (shop_steps.py:"
    )


def test_misspelt_tag_is_a_finding(shop: Project) -> None:
    """A tag of Allure's with a slip of the pen stops the run, wherever it stands."""
    shop.feature("""
        @severty:critical
        Feature: F
          @onwer:ada
          Rule: R
            @critcal
            Scenario Outline: S
              When "<thing>" is added
              Then the basket holds 1
              @isue:ABC-1
              Examples:
                | thing |
                | tea   |
    """)

    found = [line.partition(" looks")[0] for line in findings(shop.run())]

    assert found == [
        "features/shop.feature:1: @severty:critical",
        "features/shop.feature:3: @onwer:ada",
        "features/shop.feature:5: @critcal",
        "features/shop.feature:9: @isue:ABC-1",
    ]


def test_id_that_stands_twice_is_a_finding(shop: Project) -> None:
    """Two features cannot have a scenario of one id, in whatever dialect."""
    for name, tag in (("a", "id:417"), ("b", "AS_ID=417")):
        shop.feature(
            f"Feature: {name}\n  @{tag}\n  Scenario: S\n    Given a basket\n"
            "    Then the basket holds 0\n",
            f"features/{name}.feature",
        )

    run = shop.run("features/a.feature", "features/b.feature")

    assert findings(run) == [
        (
            "features/b.feature:2: the id of @AS_ID=417 is taken already, at features/a.feature:3\n"
            "next: give each scenario an id of its own"
        )
    ]
    assert run.ret == pytest.ExitCode.INTERRUPTED


def test_tags_of_allure_may_look_alike() -> None:
    """Two owners, or two ids, are meant to differ in a letter."""
    tags = [("owner:anna", "a.feature", 1), *[("owner:anne", "b.feature", 1)] * 2]

    assert list(near_misses(tags)) == []


def test_scenarios_are_judged_apart(shop: Project) -> None:
    """A sentence that is not understood hides nothing that is wrong with another scenario."""
    shop.feature("""
        Feature: F
          Scenario: One
            Then the basket holds 0
          Scenario: Two
            Given a baskt
    """)
    run = shop.run()
    run.stdout.fnmatch_lines(
        ["*:3: no step before it gives what it needs: *", "*:5: no step definition for: *"]
    )
