"""A signature is verified over the exact bytes, in every way the API writes it."""

import pytest

from connector_harness.receiver.signature import is_signed, sign
from tests.receiver.deliveries import SAMPLE, SECRET

SHORT = b'{"kind":"notification"}'
VECTORS = [
    (SHORT, "sha1", "base64", "sha1=HSpMeX0xVk0UBltHFXtJeGn0EBI="),
    (SHORT, "sha256", "base64", "sha256=Vi6+sXCEyQrY80ScPPxYGT7o1gW4/WGEsclNagVCPYg="),
    (SAMPLE, "sha1", "base64", "sha1=r4gvHHjetkuahvMh+Tp+efZ2IAA="),
    (SAMPLE, "sha256", "base64", "sha256=ZFYv4Wqh3VkiZV8VGoK/pSdleJnxoc177wMwfPgQaF8="),
    (SAMPLE, "sha1", "hex", "sha1=af882f1c78deb64b9a86f321f93a7e79f6762000"),
]


def test_sample_has_the_documented_length() -> None:
    """The sample body is the one of Appendix B, which has 431 bytes."""
    assert len(SAMPLE) == 431


@pytest.mark.parametrize(("body", "algorithm", "encoding", "header"), VECTORS)
def test_documented_vectors(body: bytes, algorithm: str, encoding: str, header: str) -> None:
    """Every documented signature is made, and accepted."""
    made = sign(body, SECRET, algorithm=algorithm, encoding=encoding)  # type: ignore[arg-type]  # from the table above
    assert made == header
    assert is_signed(header, body, SECRET)


def test_hexadecimal_of_sha256_is_accepted() -> None:
    """The fourth combination has no documented vector, and is accepted as well."""
    header = sign(SAMPLE, SECRET, algorithm="sha256", encoding="hex")
    assert is_signed(header, SAMPLE, SECRET)


def test_hexadecimal_digits_of_either_case() -> None:
    """Capital digits mean the same."""
    assert is_signed("sha1=AF882F1C78DEB64B9A86F321F93A7E79F6762000", SAMPLE, SECRET)


@pytest.mark.parametrize(
    "header",
    [
        "sha1=dCZSiJqRkkqmLZKg6IQtclVRBvo=",  # of the body as ASCII
        "sha256=r4gvHHjetkuahvMh+Tp+efZ2IAA=",
        "sha1=r4gvHHjetkuahvMh+Tp+efZ2IAA",
        "sha1=R4GVHHJETKUAHVMH+TP+EFZ2IAA=",
        "sha1= r4gvHHjetkuahvMh+Tp+efZ2IAA=",
        "r4gvHHjetkuahvMh+Tp+efZ2IAA=",
        "SHA1=r4gvHHjetkuahvMh+Tp+efZ2IAA=",
        "md5=r4gvHHjetkuahvMh+Tp+efZ2IAA=",
        "sha1=",
        "sha1=é\udcff",
        "",
    ],
)
def test_wrong_signature(header: str) -> None:
    """Another body's, another algorithm's or a mangled signature is refused."""
    assert not is_signed(header, SAMPLE, SECRET)


def test_secret_and_bytes_both_count() -> None:
    """Another secret, or one byte more, makes it wrong."""
    header = sign(SAMPLE, SECRET)
    assert not is_signed(header, SAMPLE, "sandbox-secret-02")
    assert not is_signed(header, SAMPLE + b" ", SECRET)
