"""What any HTTP API needs to be told of: times, trust, and the way there."""

import ssl
from pathlib import Path
from typing import Annotated, Final, TypeAlias
from urllib.parse import urlsplit

import httpx
from pydantic import AfterValidator, ConfigDict, Field, SecretStr
from pydantic.dataclasses import dataclass

from connector_harness.client.http.origins import bare_host

CHECKED: Final = ConfigDict(hide_input_in_errors=True)
"""How settings are checked: what is wrong with one is told without its value."""

Seconds: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""A time, in seconds."""


def _proxy(address: SecretStr) -> SecretStr:
    parts = urlsplit(address.get_secret_value())
    host = bare_host(parts.netloc.rpartition("@")[2])
    if parts.scheme != "http" or host is None or not parts.port or parts.path.strip("/"):
        raise ValueError("a proxy is http, a host and a port, as http://proxy.example.test:3128")
    return address


@dataclass(frozen=True, kw_only=True, config=CHECKED)
class HttpSettings:
    """What any HTTP API needs to be told of.

    Attributes:
        connect_timeout_s: The longest wait for a connection, in seconds.
        read_timeout_s: The longest silence while sending or receiving, in seconds.
        total_timeout_s: The longest one HTTP call may take, in seconds.
        ca_file: Certificate authorities to trust instead of the usual ones.
        client_certificate: The certificate chain to show to servers; None for none.
        client_key: Its private key; None if it is in the same file.
        client_key_password: What opens the key; None where it is not locked.
        proxy: The proxy that calls by https pass through, with user and password if it wants
            them; None to connect directly, as everything does that is plain http.
    """

    connect_timeout_s: Seconds = 5.0
    read_timeout_s: Seconds = 10.0
    total_timeout_s: Seconds = 30.0
    ca_file: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    client_key_password: SecretStr | None = None
    proxy: Annotated[SecretStr, AfterValidator(_proxy)] | None = None

    def tls(self) -> ssl.SSLContext:
        """Return what trusts servers, and shows them the client's certificate.

        Raises:
            OSError: A file is missing, or is not what it should be.
        """
        trusting = self.trust()
        if self.client_certificate is not None:
            locked = self.client_key_password
            # The empty password keeps a locked key from asking for one on the terminal.
            password = "" if locked is None else locked.get_secret_value()
            trusting.load_cert_chain(self.client_certificate, self.client_key, password)
        return trusting

    def trust(self) -> ssl.SSLContext:
        """Return what decides whether a server is trusted.

        Raises:
            OSError: `ca_file` is missing, or holds no certificates.
        """
        if self.ca_file is None:
            return httpx.create_ssl_context(trust_env=False)
        return ssl.create_default_context(cafile=self.ca_file)
