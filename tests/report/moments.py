"""What differs from run to run and is meant to, and what stands for it in a comparison."""

import re
from typing import Final

VOLATILE: Final = (
    # Times: when it ran, how long it took, until when an address is good.
    (r'datetime="[^"]*"', 'datetime="WHEN"'),
    (r"\b\d{1,2} [A-Z][a-z]{2,8}( \d{4})?, \d\d:\d\d( UTC)?", "WHEN"),
    (r"\b\d\d:\d\d:\d\d\b", "WHEN"),
    (r"\b(\d+ min )?\d+(\.\d+)? (ms|s)\b", "SPAN"),
    (r"\b\d+ min\b", "SPAN"),
    (r"\b1[789]\d{8}(\d{3})?\b", "WHEN"),
    # Ids that the sandbox, or the harness, makes at random so that no two runs meet.
    (r"\d{1,2}-\d{1,2}-\d{4}_\d\d-\d\d-\d\d-\d{3}", "WHEN"),
    (r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID"),
    (r"\b[0-9a-f]{64}(?![0-9a-f])", "CONSUMER"),
    (r"(?<=dialogId&#34;: &#34;)[\w-]{22}(?=&#34;)", "ID"),
    (r"\bshopper-[0-9a-f]{16}\b", "SHOPPER"),
    (r"\bown-app-[0-9a-f]{16}\b", "APP"),
    # Where the sandbox of a run listens, and the accounts that its processes have there.
    (r"\b9?7000000\d\b", "ACCOUNT"),
    (r"127\.0\.0\.1:\d+", "HERE"),
)  # fmt: skip
"""Patterns of what differs, each with what stands for it."""


CHAT: Final = re.compile(r'(?<=<ol class="chat">).*?(?=</ol></details>)')
"""What was said and done; within a millisecond, chance orders what is sent and what is heard."""


def without_moments(text: str) -> str:
    """Return *text* as it would be at any time."""
    for pattern, instead in VOLATILE:
        text = re.sub(pattern, instead, text)
    return CHAT.sub(lambda chat: "".join(sorted(re.split('(?=<li class=")', chat[0]))), text)
