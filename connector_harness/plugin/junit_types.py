"""The class of each failure as its type in the JUnit file."""

import contextlib
import os
import re
import xml.etree.ElementTree as ET
from collections.abc import Generator
from pathlib import Path
from typing import Final

import pytest

from connector_harness.plugin.failure_class import FailureClass

_CLASS: Final = re.compile(
    rf'(?:failed on (?:setup|teardown) with ")?\[({"|".join(FailureClass)})\] '
)


class JUnitTypes:
    """A plugin that names the class of each failure in the JUnit file, once that is written.

    pytest writes ``<failure message="[product] …">`` without a type, and offers no way to give it
    one.

    Args:
        file: The JUnit file, as the command line names it.
    """

    def __init__(self, file: str) -> None:
        self._file = Path(os.path.expandvars(file)).expanduser().absolute()

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_sessionfinish(self) -> Generator[None, object, object]:
        """Add the types to the file that pytest has just written."""
        done = yield
        # Without a whole file there is nothing to add to, and pytest has said why.
        with contextlib.suppress(FileNotFoundError, ET.ParseError):
            add_types(self._file)
        return done


def add_types(file: Path) -> None:
    """Give each failure in *file* whose message begins with a class that class as its type.

    Raises:
        OSError: The file cannot be read or written; then it stays as it was.
        xml.etree.ElementTree.ParseError: It is no XML.
    """
    tree = ET.parse(file)  # noqa: S314  # written by this very run
    found = False
    for failure in [*tree.iter("failure"), *tree.iter("error")]:
        match = _CLASS.match(failure.get("message", ""))
        if match is not None:
            failure.set("type", match[1])
            found = True
    if found:
        scratch = file.with_name(f".{file.name}.tmp")
        try:
            tree.write(scratch, encoding="utf-8", xml_declaration=True)
            scratch.replace(file)
        finally:
            scratch.unlink(missing_ok=True)
