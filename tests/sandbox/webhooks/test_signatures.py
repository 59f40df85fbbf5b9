"""Signatures of webhooks, by the vectors of the API facts, §9.3 and Appendix B."""

import pytest

from connector_harness.sandbox.webhooks.subscriptions import SignatureForm, sign

SECRET = "sandbox-secret-01"
SHORT = b'{"kind":"notification"}'
CONVERSATION = "0b9f6a1e-2c74-4d0e-9a51-6f2d8c3e7b10"
LONG = (
    '{"kind":"notification","body":{"changes":[{"sequence":2,"originatorId":"agent-7",'
    '"originatorMetadata":{"id":"agent-7","role":"ASSIGNED_AGENT"},'
    '"serverTimestamp":1735689600123,"event":{"type":"ContentEvent",'
    '"message":"Grüße 👋","contentType":"text/plain"},'
    f'"conversationId":"{CONVERSATION}","dialogId":"{CONVERSATION}",'
    '"messageAudience":"ALL"}]},"type":"ms.MessagingEventNotification"}'
).encode()


def test_long_body_is_the_documented_one() -> None:
    """The body of Appendix B has 431 bytes."""
    assert len(LONG) == 431


@pytest.mark.parametrize(
    ("body", "form", "header"),
    [
        (SHORT, SignatureForm(), "sha1=HSpMeX0xVk0UBltHFXtJeGn0EBI="),
        (SHORT, SignatureForm("sha256"), "sha256=Vi6+sXCEyQrY80ScPPxYGT7o1gW4/WGEsclNagVCPYg="),
        (LONG, SignatureForm(), "sha1=r4gvHHjetkuahvMh+Tp+efZ2IAA="),
        (LONG, SignatureForm("sha256"), "sha256=ZFYv4Wqh3VkiZV8VGoK/pSdleJnxoc177wMwfPgQaF8="),
        (LONG, SignatureForm(encoding="hex"), "sha1=af882f1c78deb64b9a86f321f93a7e79f6762000"),
    ],
    ids=["short", "short, SHA-256", "long", "long, SHA-256", "long, in hex"],
)
def test_signature_is_the_documented_one(body: bytes, form: SignatureForm, header: str) -> None:
    """Each vector gives its header, to the letter."""
    assert sign(body, SECRET, form) == header


def test_signature_is_over_bytes_rather_than_ascii() -> None:
    """The signature that some receivers compute over ASCII is another one."""
    # One mark for each UTF-16 unit that has no place in ASCII, as those platforms do it.
    question_marks = "".join(
        letter if letter.isascii() else "?" * (1 + (letter > "\uffff")) for letter in LONG.decode()
    ).encode()

    wrong = sign(question_marks, SECRET, SignatureForm())

    assert wrong == "sha1=dCZSiJqRkkqmLZKg6IQtclVRBvo="
    assert wrong != sign(LONG, SECRET, SignatureForm())


def test_secret_may_have_any_letters() -> None:
    """The key is the secret in UTF-8."""
    assert sign(SHORT, "schlüssel", SignatureForm()) != sign(SHORT, "schlssel", SignatureForm())
