"""Everything in a document has a name that a link can carry."""

from connector_harness.report.page.rendering import Slugs


def test_name_is_readable() -> None:
    """A link says where it leads."""
    assert Slugs().of("sign_in", "No token, no entry!") == "sign-in-no-token-no-entry"


def test_same_words_get_names_of_their_own() -> None:
    """A link leads to one thing."""
    slugs = Slugs()

    assert [slugs.of("A"), slugs.of("A")] == ["a", "a-2"]


def test_other_scripts_have_a_name_too() -> None:
    """Where no letter is left, another key has to do."""
    assert Slugs().of("日本", fallback="0f3c") == "0f3c"
