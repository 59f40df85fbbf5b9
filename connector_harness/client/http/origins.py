"""Origins: scheme, host and port of a service, and which of them may be spoken to in the clear."""

import re
from collections.abc import Iterable
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

_BARE: Final = re.compile(r"(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:(?P<port>[0-9]{1,5}))?")
_LABEL: Final = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
# A last label like this makes an address of the whole, also in the spellings of old systems.
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME: Final = 253
_LAST_PORT: Final = 65535


def is_loopback(host: str) -> bool:
    """Return whether *host* (a name or an address, no port) is this machine itself."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def bare_host(text: str) -> str | None:
    """Return the host in *text*, a host with or without a port; None if it is nothing of the kind.

    A name comes back in lower case, an IPv6 address in its brackets. Names are written in ASCII
    (others in the form ``xn--…``) and end without a dot; an address is written in full.
    """
    found = _BARE.fullmatch(text)
    if found is None or (found["port"] and not 0 < int(found["port"]) <= _LAST_PORT):
        return None
    host = found["host"].lower()
    return host if _is_name(host) or _is_address(host) else None


def _is_name(host: str) -> bool:
    labels = host.split(".")
    if len(host) > _LONGEST_NAME or _NUMBER.fullmatch(labels[-1]):
        return False
    return all(_LABEL.fullmatch(label) for label in labels)


def _is_address(host: str) -> bool:
    try:
        found = ip_address(host.strip("[]"))
    except ValueError:
        return False
    return host.startswith("[") == (found.version == 6)  # noqa: PLR2004  # IPv6


def is_within(host: str, domains: Iterable[str]) -> bool:
    """Return whether *host* is one of *domains* or lies below one; all as `bare_host` has them."""
    return any(
        host == domain or (host.endswith(f".{domain}") and not _is_address(domain))
        for domain in domains
    )


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
    if bare_host(parts.netloc) is None:
        raise ValueError("the host is neither a name nor an address")
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
