"""Tests of the documents that a sentence refers to by name."""

from pathlib import Path

import pytest

from connector_harness.gherkin.named_documents import NamedDocuments


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of two profiles."""
    folder = tmp_path / "profiles"
    folder.mkdir()
    (folder / "gold_customer.json").write_text('{"body": {"name": "Grüße"}}', encoding="utf-8")
    (folder / "web_visitor.json").write_text('{"body": {}}', encoding="utf-8")
    return folder


@pytest.fixture
def profiles(folder: Path) -> NamedDocuments:
    """The profiles of the folder."""
    return NamedDocuments(folder, "profile")


def test_name_stands_for_a_file(profiles: NamedDocuments) -> None:
    """A name is the file's, with spaces for underscores."""
    assert profiles("gold customer") == {"body": {"name": "Grüße"}}
    assert profiles.problem("gold customer") is None


def test_document_is_a_new_one_each_time(profiles: NamedDocuments) -> None:
    """What one scenario does to a document, the next does not see."""
    profiles("web visitor")["body"] = "spoilt"

    assert profiles("web visitor") == {"body": {}}


def test_names_are_sorted(profiles: NamedDocuments) -> None:
    """The names are those a sentence would use, in order."""
    assert profiles.names() == ["gold customer", "web visitor"]


def test_unknown_name_is_answered_with_the_closest(profiles: NamedDocuments) -> None:
    """A misspelt name gets the close ones, and the file that would make it known."""
    assert profiles.problem("gold costumer") == (
        'no profile is named "gold costumer"',
        'did you mean "gold customer"? Or write features/data/profiles/gold_costumer.json',
    )


def test_name_like_no_other_is_answered_with_all(profiles: NamedDocuments) -> None:
    """Where nothing is close, every known name is offered."""
    _, remedy = profiles.problem("zzz") or ("", "")

    assert remedy.endswith('or use one of: "gold customer", "web visitor"')


def test_empty_folder_has_no_names_to_offer(tmp_path: Path) -> None:
    """Before the first document there is nothing else to use."""
    _, remedy = NamedDocuments(tmp_path / "none", "profile").problem("any") or ("", "")

    assert remedy == "write features/data/none/any.json, or use one of: none yet"


def test_unknown_name_is_not_handed_out(profiles: NamedDocuments) -> None:
    """As a converter it raises what is wrong and what to do."""
    with pytest.raises(LookupError, match=r'^no profile is named "no one"\n  next: write features'):
        profiles("no one")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"body": ', "not JSON: Expecting value: line 1 column 10 (char 9)"),
        (b'{"body": {"a": 1, "a": 2}}', "JSON that gives the member 'a' twice"),
        (b"[]", "not a JSON object"),
        (b'{"a": "\xff"}', "not JSON: byte 7 is not UTF-8"),
    ],
)
def test_unreadable_document_is_a_problem(
    profiles: NamedDocuments, content: bytes, reason: str
) -> None:
    """A file that holds no JSON object is named, with the reason."""
    (profiles.folder / "odd.json").write_bytes(content)
    problem, remedy = profiles.problem("odd") or ("", "")

    assert problem.startswith(f'the profile "odd" cannot be read: {reason}')
    assert remedy == "mend features/data/profiles/odd.json"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("{}", "it has no 'body'"),
        ('{"bdy": {}}', "it has a member 'bdy', did you mean 'body'?"),
        ('{"body": {}, "zzz": 1}', "it has a member 'zzz'; known: body, id"),
        ('{"body": {}, "id": 7}', "its 'id' is 7, not of type str"),
    ],
)
def test_members_are_those_a_document_may_have(tmp_path: Path, content: str, reason: str) -> None:
    """A document without what every one has, or with what none has, is named before the run."""
    (tmp_path / "odd.json").write_text(content, encoding="utf-8")
    documents = NamedDocuments(tmp_path, "profile", {"body": dict, "id": str})

    assert documents.problem("odd") == (
        f'the profile "odd" cannot be read: {reason}',
        f"mend features/data/{tmp_path.name}/odd.json",
    )


def test_file_may_have_a_space_in_its_name(profiles: NamedDocuments) -> None:
    """A name finds its file with spaces, too, where there is none with underscores."""
    (profiles.folder / "my guest.json").write_text('{"body": {"a": 1}}', encoding="utf-8")

    assert profiles.problem("my guest") is None
    assert profiles("my guest") == {"body": {"a": 1}}


def test_kind_may_say_what_else_is_wrong(tmp_path: Path) -> None:
    """What a kind of document must not say is named before the run, as a wrong member is."""
    (tmp_path / "odd.json").write_text('{"body": "red"}', encoding="utf-8")
    documents = NamedDocuments(
        tmp_path, "profile", wrong=lambda document: f"it says {document['body']}"
    )

    problem, remedy = documents.problem("odd") or ("", "")
    assert problem == 'the profile "odd" cannot be read: it says red'
    assert remedy == f"mend features/data/{tmp_path.name}/odd.json"
