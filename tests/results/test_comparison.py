"""What was expected and what came."""

import pytest

from connector_harness.redaction.redactor import Redactor
from connector_harness.results.comparison import Comparison, compare


def compared(came: object, expected: object, operator: str = "==") -> Comparison:
    """Return what is told of a comparison, secrets masked by a redactor that knows one."""
    redactor = Redactor()
    redactor.add("hush-hush")
    return compare(operator, came, expected, redactor.text)


def test_values_are_told_as_they_are() -> None:
    """Expected and come stand above each other."""
    assert compared(1, 3).lines == ["expected: 3", "came:     1"]
    assert compared(1, 3).headline == "expected 3; 1 came"


@pytest.mark.parametrize(
    ("operator", "expected", "told"),
    [
        ("!=", 3, "other than 3"),
        ("is not", None, "something"),
        ("<", 3, "less than 3"),
        ("<=", 3, "at most 3"),
        (">", 3, "more than 3"),
        (">=", 3, "at least 3"),
        ("in", (200, 201), "one of 200, 201"),
        ("not in", (200, 201), "none of 200, 201"),
    ],
)
def test_operator_is_put_into_words(operator: str, expected: object, told: str) -> None:
    """Every operator reads as what was expected."""
    assert compared(200, expected, operator).expected == told


@pytest.mark.parametrize(
    ("operator", "told"), [("in", "something with 'a'"), ("not in", "nothing with 'a'")]
)
def test_what_is_looked_for_is_what_was_expected(operator: str, told: str) -> None:
    """Where something must be part of a text or list, that is what came."""
    assert compared("a", ["b"], operator) == Comparison(told, '["b"]')


def test_every_difference_is_told_by_path() -> None:
    """Changed, missing and additional members and items each have a line."""
    came = [{"id": "1", "body": {"a": 1, "odd name": 2}}, "x"]
    expected = [{"id": "2", "body": {"a": 1, "b": 3}}]

    assert compared(came, expected).differences == (
        "at $[0].id: expected '2', came '1'",
        "at $[0].body.b: is missing; expected 3",
        "at $[0].body['odd name']: was not expected: 2",
        "at place 2: was not expected: 'x'",
    )


def test_value_of_another_kind_is_one_difference() -> None:
    """A list where an object belongs is told at its place, and not member by member."""
    assert compared({"a": [1]}, {"a": {"b": 1}}).differences == (
        'at $.a: expected {"b": 1}, came [1]',
    )


def test_values_without_places_have_no_differences() -> None:
    """What is no list or object differs as a whole."""
    assert compared(1, [1]).differences == ()


def test_long_documents_are_told_by_their_differences_alone() -> None:
    """Documents that would be cut are left out, and the headline counts the differences."""
    came, expected = {"text": "x" * 300, "n": 1}, {"text": "x" * 300, "n": 2}

    told = compared(came, expected)

    assert told.headline == "not what was expected, in 1 place"
    assert told.lines == ["at $.n: expected 2, came 1"]


def test_many_differences_are_counted() -> None:
    """After twenty, the number has to do."""
    told = compared(list(range(50)), list(range(1, 51)))

    assert len(told.differences) == 21
    assert told.differences[-1] == "… and 30 more"


def test_long_texts_are_told_apart() -> None:
    """The place where two long texts part is shown with what stands around it."""
    told = compared("a" * 100 + "b" + "c" * 50, "a" * 100 + "c" * 50)

    around = "a" * 20
    assert told.differences == (
        f"at character 101: expected …'{around}{'c' * 20}'…, came …'{around}b{'c' * 19}'…",
    )


def test_text_that_is_cut_short_is_told_at_its_end() -> None:
    """A text that is only the beginning of the other parts from it at its end."""
    (told,) = compared("a" * 100, "a" * 101).differences

    assert told.startswith("at character 101: ")


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ("hush-hush", "x"),
        ({"a": "hush-hush"}, {"a": "x"}),
        ({"client_secret": "unknown-one"}, {"client_secret": "x"}),
        ("y" * 190 + "hush-hush", "x"),
        ("y" * 100 + "hush-hush", "y" * 100 + "hush-house"),
    ],
)
def test_secrets_are_masked(came: object, expected: object) -> None:
    """A secret is masked by value and by name, and before anything is cut."""
    told = "\n".join([compared(came, expected).headline, *compared(came, expected).lines])

    assert "hush-hu" not in told.replace("hush-house", "")
    assert "unknown-one" not in told


ROWS = [("shopper", "Hello", "0"), ("shopper", "Where is it?", "1")]


def test_tables_are_told_row_by_row() -> None:
    """As the feature has them, and each row that differs by its number."""
    told = compared(ROWS, [ROWS[0], ("agent", "Where is it?", "1"), ("agent", "Here", "2")])

    assert told.headline == "not what was expected, in 2 places"
    assert told.lines == [
        "expected:",
        "  | shopper | Hello | 0 |",
        "  | agent | Where is it? | 1 |",
        "  | agent | Here | 2 |",
        "came:",
        "  | shopper | Hello | 0 |",
        "  | shopper | Where is it? | 1 |",
        "at row 2: expected | agent | Where is it? | 1 |, came | shopper | Where is it? | 1 |",
        "at row 3: is missing; expected | agent | Here | 2 |",
    ]


@pytest.mark.parametrize(
    ("came", "told"),
    [
        (None, "nothing"),
        (True, "true"),
        ([], "an empty list"),
        (["a", None, True], '["a", null, true]'),
        (("OPEN", 3), "'OPEN', 3"),
        ({"b", "a"}, "'a', 'b'"),
        ({"a": [False]}, '{"a": [false]}'),
        ([("a", "b")], "| a | b |"),
    ],
)
def test_values_are_told_in_words(came: object, told: str) -> None:
    """None of them is spelled as Python would."""
    assert compared(came, "x").came == told


def test_lists_are_told_by_place() -> None:
    """People count from one."""
    assert compared(["a", "c"], ["a", "b"]).differences == ("at place 2: expected 'b', came 'c'",)


def test_more_differences_than_are_listed_are_counted() -> None:
    """The headline has the number of all of them."""
    came = dict.fromkeys(map(str, range(25)), "x" * 20)

    assert compared(came, {}).headline == "not what was expected, in 25 places"
