"""A schema that judges nothing keeps a run from beginning, as a feature does."""

import xml.etree.ElementTree as ET

import pytest

from tests.project import PASSING, Project

MISSPELT = """
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "https://schemas.test/request/name.json",
      "type": "object",
      "properties": {
        "name": {"type": "object", "requierd": ["first"]}
      }
    }
"""

TWICE = '{\n  "type": "string",\n  "type": "object"\n}\n'


@pytest.mark.parametrize("options", [(), ("--spec-check",), ("--spec-check", "-n2"), ("-n2",)])
def test_run_does_not_begin(project: Project, options: tuple[str, ...]) -> None:
    """File, line, path, the keyword that was meant: told once, by a check of the spec as well."""
    project.feature(PASSING)
    project.write("schemas/request/name.json", MISSPELT)

    run = project.run(*options)

    assert run.ret == pytest.ExitCode.INTERRUPTED
    run.assert_outcomes(errors=1)
    where = "schemas/request/name.json:6: #/properties/name/requierd: "
    told = [line for line in run.outlines if line.startswith(where)]
    assert told == [f"{where}'requierd' is no keyword of this dialect; did you mean 'required'?"]


def test_all_are_told_at_once(project: Project) -> None:
    """Findings of all schemas and features come together, and a pipeline reads them as ever."""
    project.feature(PASSING.replace("Given a basket", "Given a baskte"))
    project.write("api/name.json", MISSPELT)
    project.write("api/twice.json", TWICE)

    run = project.run("-o", "connector_schemas=api")

    run.assert_outcomes(errors=3)
    assert "api/twice.json:1: JSON that gives the member 'type' twice" in run.stdout.str()
    root = ET.parse(project.root / "reports" / "junit.xml").getroot()  # noqa: S314 - of this run
    assert root.get("errors") == "3"


def test_sound_schemas_stop_nothing(project: Project) -> None:
    """A project may have schemas, none, or a folder without any."""
    project.feature(PASSING)
    project.write("schemas/name.json", MISSPELT.replace("requierd", "required"))

    project.run().assert_outcomes(passed=1)
    project.write("empty/README.md", "")
    project.run("-o", "connector_schemas=empty").assert_outcomes(passed=1)


def test_they_are_no_business_of_ordinary_tests(project: Project) -> None:
    """A run without features reads no schema."""
    project.write("tests/test_it.py", "def test_it():\n    pass\n")
    project.write("schemas/request/name.json", MISSPELT)

    project.run("tests").assert_outcomes(passed=1)
