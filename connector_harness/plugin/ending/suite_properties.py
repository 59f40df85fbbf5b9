"""What tests have recorded for the run as a whole, with pytest's ``record_testsuite_property``."""

import xml.etree.ElementTree as ET
from pathlib import Path


def suite_properties(file: Path) -> tuple[tuple[str, str], ...]:
    """Return names and values of what pytest has written of it in its JUnit file.

    pytest keeps them nowhere else; where there is no such file, there are none.

    Args:
        file: The JUnit file that pytest has written.
    """
    try:
        root = ET.parse(file).getroot()  # noqa: S314 - written by this very run
    except (OSError, ET.ParseError):
        return ()
    found = root.iterfind("testsuite/properties/property")
    return tuple((each.get("name", ""), each.get("value", "")) for each in found)
