"""Allure groups failures by their class."""

import json
import re

import pytest

from connector_harness.results.failure_class import FailureClass, categories
from tests.project import FAILING, PASSING, Project


@pytest.mark.parametrize("kind", FailureClass)
def test_each_class_has_one_category(kind: FailureClass) -> None:
    """A message with the class in front belongs to its category and to no other."""
    message = f"[{kind}] something\nwith two lines"

    found = [each for each in categories() if re.search(each["messageRegex"], message)]

    assert [each["name"].partition(":")[0] for each in found] == [kind]
    assert re.fullmatch(found[0]["messageRegex"], message)


def test_failure_has_its_class_as_a_label(project: Project) -> None:
    """The result of a failed scenario says whom it is for, in a label and in the message."""
    project.feature(FAILING)

    project.run()

    result = project.result()
    assert {"name": "failureClass", "value": "product"} in result["labels"]
    assert result["statusDetails"]["message"].startswith("[product] ")


def test_success_has_no_class(project: Project) -> None:
    """A scenario that passed is nobody's failure."""
    project.feature(PASSING)

    project.run()

    assert "failureClass" not in [label["name"] for label in project.result()["labels"]]


def test_categories_lie_among_the_results(project: Project) -> None:
    """Plain pytest writes what the report groups by."""
    project.feature(PASSING)

    project.run()

    written = {
        name: json.loads((project.results_folder / name).read_bytes())
        for name in ("categories.json", "allurerc.json")
    }
    assert written == {
        "categories.json": categories(),
        "allurerc.json": {"categories": categories()},
    }


def test_categories_of_somebody_else_stay(project: Project) -> None:
    """In a folder of one's own, categories of one's own are not overwritten."""
    project.feature(PASSING)
    own = [project.write(f"own/{name}", "[]") for name in ("categories.json", "allurerc.json")]

    project.run("--alluredir", "own")

    assert [file.read_text(encoding="utf-8") for file in own] == ["[]", "[]"]
