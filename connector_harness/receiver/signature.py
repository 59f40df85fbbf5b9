"""The signature of a delivery: an HMAC over the exact bytes of its body."""

import base64
import hmac
from typing import Final, Literal

HEADER: Final = "x-liveperson-signature"
"""The header field, in lower case, that carries the signature."""

ALGORITHMS: Final = ("sha1", "sha256")
"""The hash functions a signature may name before its ``=``."""


def sign(
    body: bytes,
    secret: str,
    *,
    algorithm: Literal["sha1", "sha256"] = "sha1",
    encoding: Literal["base64", "hex"] = "base64",
) -> str:
    """Return the value of the signature header for *body*, as ``sha1=…``.

    Source: API facts §9.3.
    """
    digest = hmac.digest(secret.encode(), body, algorithm)
    text = digest.hex() if encoding == "hex" else base64.b64encode(digest).decode()
    return f"{algorithm}={text}"


def is_signed(header: str, body: bytes, secret: str) -> bool:
    """Return whether *header* is the signature of *body*, in an algorithm and encoding we know.

    Hexadecimal digits may be of either case. Takes the same time for every wrong value.

    Source: API facts §9.3.
    """
    algorithm, _, value = header.partition("=")
    if algorithm not in ALGORITHMS:
        return False
    digest = hmac.digest(secret.encode(), body, algorithm)
    given = value.encode(errors="replace")
    as_base64 = hmac.compare_digest(given, base64.b64encode(digest))
    return hmac.compare_digest(given.lower(), digest.hex().encode()) or as_base64
