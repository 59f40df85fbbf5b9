"""A certificate for one run, and the throw-away authority to trust it by."""

import os
import re
import ssl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

_NAMEABLE = re.compile("[A-Za-z0-9.:-]+")


@dataclass(frozen=True, slots=True)
class Certified:
    """What a server needs to serve https, and what its clients need to believe it."""

    context: ssl.SSLContext
    ca_file: Path


@contextmanager
def certified(*hosts: str) -> Iterator[Certified]:
    """Yield a certificate for *hosts*; the authority's PEM file is removed at the end.

    Nothing else is left on disk: the authority's key exists in memory only.

    Args:
        hosts: Names and IP addresses that clients reach the server by; a name with an
            underscore, say, which no certificate can hold, is left out.
    """
    authority = trustme.CA(organization_name="connector_harness sandbox")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    named = [host for host in dict.fromkeys(hosts) if _NAMEABLE.fullmatch(host)]
    authority.issue_cert(*named).configure_cert(context)
    descriptor, name = tempfile.mkstemp(prefix="connector-sandbox-", suffix=".pem")
    ca_file = Path(name)
    try:
        os.close(descriptor)
        ca_file.write_bytes(authority.cert_pem.bytes())
        yield Certified(context, ca_file)
    finally:
        ca_file.unlink(missing_ok=True)
