"""Origins: scheme, host and port of a service, and which of them may be spoken to in the clear."""

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_loopback(host: str) -> bool:
    """Return whether *host* (a name or an address, no port) is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def origin(address: str) -> str:
    """Return *address* as an origin without a trailing slash.

    A bare host, as the Domain API names it, gets ``https://``. Source: API facts §1.

    Raises:
        ValueError: *address* is more or less than an origin, or plain http to another machine.
            The message leaves the address out: it may carry a password.
    """
    parts = urlsplit(address if "://" in address else f"https://{address}")
    _check_shape(address, parts.path, f"{parts.query}{parts.fragment}")
    if parts.scheme not in {"http", "https"}:
        raise ValueError("only http and https addresses can be called")
    if "@" in parts.netloc:
        raise ValueError("an address carries no user name or password")
    if not parts.hostname or parts.port == 0:
        raise ValueError("an address needs a host, and a port other than 0")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise ValueError("plain http is allowed to this machine only; use https")
    return f"{parts.scheme}://{parts.netloc.lower()}"


def _check_shape(address: str, path: str, rest: str) -> None:
    if not address.isascii() or not address.isprintable() or " " in address or "\\" in address:
        raise ValueError("an address is written in printable ASCII without spaces")
    if path.strip("/") or rest or "?" in address or "#" in address:
        raise ValueError("an address names scheme, host and port only, without a path")


def speaks_plainly(address: str) -> bool:
    """Return whether *address* is plain http to this machine."""
    parts = urlsplit(address)
    return parts.scheme == "http" and is_loopback(parts.hostname or "")
