"""Temporary addresses of files: signed for one method, good for one minute.

Paths have one leading slash, times are seconds since the epoch, and the key is the secret of the
file service. Source: API facts §7.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping

from connector_harness.json_types import JsonObject

LIFETIME_S = 60


def sign(method: str, path: str, *, expires: int, key: str) -> str:
    """Return the signature of an address, 40 hex digits.

    Source: API facts §7, the TempURL formula of OpenStack Swift.
    """
    signed = f"{method}\n{expires}\n{path}".encode()
    return hmac.new(key.encode(), signed, hashlib.sha1).hexdigest()


def address(method: str, path: str, *, expires: int, key: str) -> JsonObject:
    """Return where to send or fetch a file, as the API answers it.

    Shape: ``{"relativePath", "queryParams": {"temp_url_sig", "temp_url_expires"}}``.
    """
    signature = sign(method, path, expires=expires, key=key)
    query: JsonObject = {"temp_url_sig": signature, "temp_url_expires": str(expires)}
    return {"relativePath": path, "queryParams": query}


def find_fault(
    method: str, path: str, *, query: Mapping[str, str], key: str, now: float
) -> str | None:
    """Return why an address, a path and what follows it, does not hold for *method*, or None."""
    expires = query.get("temp_url_expires", "")
    if not re.fullmatch("[0-9]{1,12}", expires):
        return f"temp_url_expires is {expires[:60]!r}, not a time in seconds"
    wanted = sign(method, path, expires=int(expires), key=key)
    given = query.get("temp_url_sig", "").encode(errors="surrogatepass")
    if not hmac.compare_digest(wanted.encode(), given):
        return f"temp_url_sig is not the signature for {method} of this file"
    if now > int(expires):
        return f"the address expired at {expires}"
    return None
