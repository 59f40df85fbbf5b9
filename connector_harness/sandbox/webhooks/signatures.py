"""Signatures of webhooks: an HMAC over the bytes of the body, and nothing else."""

import base64
import hmac
from dataclasses import dataclass

SIGNATURE_HEADER = "x-liveperson-signature"
ALGORITHMS = ("sha1", "sha256")
ENCODINGS = ("base64", "hex")


@dataclass(frozen=True, slots=True)
class SignatureForm:
    """How an app has its webhooks signed; the default is what every account starts with.

    Source: API facts §9.3.
    """

    algorithm: str = "sha1"
    encoding: str = "base64"


def sign(body: bytes, secret: str, form: SignatureForm) -> str:
    """Return the value of the signature header, as ``sha1=…``. Source: API facts §9.3.

    Args:
        body: The body exactly as it is sent.
        secret: The secret of the app that receives it.
        form: Which of the algorithms and encodings.
    """
    digest = hmac.digest(secret.encode(), body, form.algorithm)
    text = digest.hex() if form.encoding == "hex" else base64.b64encode(digest).decode()
    return f"{form.algorithm}={text}"
