"""What is inside of a report of Allure that is one file.

Each file of the report stands there in Base64, which hides what is searched for, and is itself
shaped like tokens where JSON begins.
"""

import base64
import binascii
import re
from typing import Final

_DATA: Final = re.compile(rb"""\bd\(\s*["'][^"']*["']\s*,\s*["']([A-Za-z0-9+/=]*)["']\s*\)""")
# Allure's own scripts, styles and pictures.
_OWN: Final = re.compile(rb"base64,[A-Za-z0-9+/=]+")
_BETWEEN: Final = b"\n\0\n"


def unpacked(page: bytes) -> bytes:
    """Return what *page* says: itself without the Base64, then each file that stands in it."""
    shell = _OWN.sub(b"", _DATA.sub(b"", page))
    return _BETWEEN.join([shell, *(_decoded(found[1]) for found in _DATA.finditer(page))])


def _decoded(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except binascii.Error:
        # Something else that looks like it; then it is searched as it is.
        return data
