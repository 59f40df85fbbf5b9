"""How Allure groups the failures: by their class."""

import json

from connector_harness.plugin.failing.classify import MEANINGS, FailureClass


def categories() -> bytes:
    """Return the document that sorts failed results by the class in front of their messages.

    Shape: ``[{"name": str, "messageRegex": str, "matchedStatuses": [str, …]}, …]``. The pattern
    is understood by Java, which matches the whole message, and by JavaScript, which need not.
    """
    listed = [
        {
            "name": f"{kind}: {MEANINGS[kind]}",
            "messageRegex": rf"^\[{kind}\][\s\S]*",
            "matchedStatuses": ["failed", "broken"],
        }
        for kind in FailureClass
    ]
    return json.dumps(listed, indent=2).encode()
