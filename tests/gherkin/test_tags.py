"""What tags say to a report is the same in every dialect."""

import pytest

from connector_harness.gherkin.tags import (
    Meaning,
    address,
    is_of_allure,
    meaning_of,
    problem,
    spellings,
)


@pytest.mark.parametrize(
    "tag",
    [
        *("critical", "CRITICAL", "severity:critical", "severity=Critical", "SEVERITY=CRITICAL"),
        *("allure.severity:critical", "allure.label.severity=critical", "allure.critical"),
    ],
)
def test_severity_is_one_in_all_dialects(tag: str) -> None:
    """However it is written, the label is the same."""
    assert meaning_of((tag,)).labels == (("severity", "critical"),)


@pytest.mark.parametrize(
    ("tag", "label"),
    [
        ("owner:ada", ("owner", "ada")),
        ("owner=ada", ("owner", "ada")),
        ("Owner:Ada", ("owner", "Ada")),
        ("allure.label.owner:ada", ("owner", "ada")),
        ("allure.owner=ada", ("owner", "ada")),
        ("epic:Shop", ("epic", "Shop")),
        ("parentSuite:Shop", ("parentSuite", "Shop")),
        ("parent_suite=Shop", ("parentSuite", "Shop")),
        ("team:blue", ("team", "blue")),
        ("allure.label.site=a:b", ("site", "a:b")),
    ],
)
def test_label_is_one_in_all_dialects(tag: str, label: tuple[str, str]) -> None:
    """A label has the name that Allure knows, or the user's own, and its value as written."""
    assert meaning_of((tag,)).labels == (label,)


@pytest.mark.parametrize(
    ("tag", "link"),
    [
        ("issue:ABC-1", ("issue", "ABC-1")),
        ("ISSUE=ABC-1", ("issue", "ABC-1")),
        ("allure.issue:ABC-1", ("issue", "ABC-1")),
        ("link.issue:ABC-1", ("issue", "ABC-1")),
        ("tms:C12", ("tms", "C12")),
        ("tmsLink=C12", ("tms", "C12")),
        ("link:https://a.test/?b=c", ("link", "https://a.test/?b=c")),
        ("link.docs:https://a.test", ("docs", "https://a.test")),
        ("allure.link.docs=https://a.test", ("docs", "https://a.test")),
    ],
)
def test_link_is_one_in_all_dialects(tag: str, link: tuple[str, str]) -> None:
    """A link has a kind and leads to something, whatever stands between them."""
    assert meaning_of((tag,)).links == (link,)


@pytest.mark.parametrize(
    "tag",
    ["id:417", "id=417", "allure.id:417", "ALLURE_ID:417", "AS_ID=417", "allure.label.AS_ID:417"],
)
def test_id_is_one_in_all_dialects(tag: str) -> None:
    """An id is an id by either of its labels, and no tag any more."""
    assert meaning_of((tag,)) == Meaning(id="417")


@pytest.mark.parametrize("tag", ["flaky", "known", "muted", "allure.flaky"])
def test_mark_is_a_mark(tag: str) -> None:
    """Marks stand alone; they go on being tags."""
    assert meaning_of((tag,)).marks == {tag.removeprefix("allure.")}


@pytest.mark.parametrize(
    "tag", ["smoke", "suite", "JIRA-123", "a(b)", "quarantine:2026-12-31", "wip:", "=x", "größe"]
)
def test_other_tags_are_tags(tag: str) -> None:
    """What is no dialect of Allure's says nothing but itself, and is no mistake."""
    assert meaning_of((tag,)) == Meaning(tags=(tag,))
    assert problem(tag) is None


def test_innermost_counts_where_there_is_one() -> None:
    """Owner and severity are one; epics may be several, and a link stands once."""
    meaning = meaning_of(("owner:ada", "epic:A", "issue:A-1", "owner:bob", "epic:B", "issue=A-1"))

    assert dict(meaning.labels[:1]) == {"owner": "bob"}
    assert meaning.labels[1:] == (("epic", "A"), ("epic", "B"))
    assert meaning.links == (("issue", "A-1"),)


def test_words_and_own_names_stay_tags() -> None:
    """What has become a label or a link is no tag beside, unless its name is the user's own."""
    assert meaning_of(("critical", "owner:ada", "issue:A-1", "team:blue")).tags == (
        "critical",
        "team:blue",
    )


def test_plain_spellings_are_known_as_well() -> None:
    """A tag in another dialect is chosen by the plain one."""
    tags = ("SEVERITY=minor", "allure.id=417", "owner:ada")

    assert spellings(tags) == ("minor", "severity:minor", "id:417")


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("issue", "ABC-1", "https://issues.test/ABC-1"),
        ("issue", "https://other.test/1", "https://other.test/1"),
        ("tms", "C12", None),
    ],
)
def test_link_leads_where_its_pattern_says(kind: str, value: str, expected: str | None) -> None:
    """An address needs no pattern; a key without one leads nowhere."""
    assert address(kind, value, {"issue": "https://issues.test/{}"}) == expected


@pytest.mark.parametrize(
    ("tag", "what", "advice"),
    [
        ("severity:critcal", "'critcal' in @severity:critcal is no severity", "@severity:critical"),
        ("severity=high", "'high' in @severity=high is no severity", "write one of: blocker,"),
        ("severty:minor", "@severty:minor looks like @severity:minor", "write @severity:minor;"),
        ("allure.sevrity:minor", "@allure.sevrity:minor means nothing", "@allure.severity:minor"),
        ("critcal", "@critcal looks like @critical misspelt", "write @critical"),
        ("flakey", "@flakey looks like @flaky misspelt", "write @flaky"),
        ("onwer:ada", "@onwer:ada looks like @owner:ada misspelt", "write @owner:ada;"),
        ("isue=ABC-1", "@isue=ABC-1 looks like @issue:ABC-1 misspelt", "write @issue:ABC-1;"),
        ("tmsLnk:C12", "@tmsLnk:C12 looks like @tmsLink:C12 misspelt", "write @tmsLink:C12;"),
        ("allure.labl.a:b", "@allure.labl.a:b means nothing", "write @allure.label.a:b"),
        ("linc.docs:x", "@linc.docs:x looks like @link.docs:x misspelt", "write @link.docs:x;"),
        ("allure.foo:x", "@allure.foo:x means nothing", "write @allure.label.foo:x, if"),
        ("allure.foo", "@allure.foo means nothing", "as @allure.id:417"),
        ("owner:", "@owner: names nothing", "as @owner:ada"),
        ("id", "@id names nothing", "as @id:417"),
        ("flaky:yes", "@flaky:yes has a value", "write @flaky alone"),
        ("severity-critical", "@severity-critical is no severity", "write @severity:critical"),
    ],
)
def test_misspelt_tag_is_a_problem(tag: str, what: str, advice: str) -> None:
    """A slip of the pen is told with the valid name that is closest."""
    found = problem(tag)

    assert found is not None
    assert found[0].startswith(what)
    assert advice in found[1]


@pytest.mark.parametrize(
    "tag",
    [
        *("critical", "owner:ada", "allure.label.onwer:ada", "allure.flaky", "AS_ID:5"),
        *("blocked", "unknown", "site:berlin", "player:ada", "team:blue", "ids:4", "feature"),
    ],
)
def test_good_tag_is_no_problem(tag: str) -> None:
    """Words of their own, and labels that are called so on purpose, are left alone."""
    assert problem(tag) is None


@pytest.mark.parametrize(
    ("tag", "expected"),
    [("critical", True), ("owner:ada", True), ("known", True), ("team:blue", False), ("a", False)],
)
def test_meaning_is_allures_or_the_users(tag: str, *, expected: bool) -> None:
    """A name of the user's own has no meaning to Allure."""
    assert is_of_allure(tag) is expected
