"""How much of an answer is taken: what lies beyond is no answer of the API."""

from typing import Final

MAX_ANSWER: Final = 5 * 1024 * 1024
"""The largest answer that is read, in bytes; the files of the API have 3 MB at most."""

TOO_LARGE: Final = f"answer larger than {MAX_ANSWER // 1024**2} MiB"
"""What an answer is that is larger."""

MAX_HEAD: Final = 64 * 1024
"""The most bytes before a body begins, announcements like ``100 Continue`` counted."""

MAX_FIELDS: Final = 100
"""The most header fields of an answer; the API sends about ten."""

MAX_WIRE: Final = 2 * MAX_ANSWER
"""The most bytes a body may travel as, so that chunks cannot be mostly wrapping."""

MAX_RATIO: Final = 100
"""How many times its size a compressed answer may unpack to; JSON seldom exceeds 20."""

SMALL: Final = 256 * 1024
"""The answer, in bytes, from which on the ratio counts; repeated text packs better than any."""


class LimitError(Exception):
    """An answer goes beyond a limit; the message names it, as ``"answer larger than 5 MiB"``."""
