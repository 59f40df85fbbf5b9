"""The signatures of files' addresses."""

import pytest

from connector_harness.sandbox.rules import temp_urls

KEY = "sandbox-swift-key"
EXPIRES = 1735689665
PATH = (
    "/v1/AUTH_async-images/70000001/"
    "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881_uuid_"
    "9c0e1f52-1111-4a6b-8f3d-5b2a7e4c9d01_01-01-2025_00-00-05-250.PNG"
)
SIGNATURE = "b0e523dbaf04bbd1df86e4908fe81cd8d04e8125"
QUERY = {"temp_url_sig": SIGNATURE, "temp_url_expires": str(EXPIRES)}


def test_sample_of_the_facts_holds() -> None:
    """The sample answer of API facts §7 is signed with this formula."""
    address = temp_urls.address("PUT", PATH, expires=EXPIRES, key=KEY)

    assert address == {"relativePath": PATH, "queryParams": QUERY}


@pytest.mark.parametrize("now", [EXPIRES - 60, EXPIRES])
def test_signed_address_holds_until_its_end(now: float) -> None:
    """What was signed is believed up to the second it names."""
    assert temp_urls.find_fault("PUT", PATH, query=QUERY, key=KEY, now=now) is None


def test_address_ends() -> None:
    """After that second it is refused, however well it is signed."""
    fault = temp_urls.find_fault("PUT", PATH, query=QUERY, key=KEY, now=EXPIRES + 0.001)

    assert fault == f"the address expired at {EXPIRES}"


@pytest.mark.parametrize(
    ("method", "path", "changes"),
    [
        ("GET", PATH, {}),
        ("PUT", PATH.replace("70000001", "70000002"), {}),
        ("PUT", PATH, {"temp_url_expires": str(EXPIRES + 1)}),
        ("PUT", PATH, {"temp_url_sig": SIGNATURE.upper()}),
        ("PUT", PATH, {"temp_url_sig": "\udcff"}),
        ("PUT", PATH, {"temp_url_sig": ""}),
    ],
    ids=["other method", "other file", "other time", "other case", "no text", "none"],
)
def test_what_is_not_signed_is_refused(method: str, path: str, changes: dict[str, str]) -> None:
    """The signature is of method, time and file, none of which can be changed."""
    fault = temp_urls.find_fault(method, path, query={**QUERY, **changes}, key=KEY, now=EXPIRES)

    assert fault == f"temp_url_sig is not the signature for {method} of this file"


@pytest.mark.parametrize("expires", ["", "-1", "1e9", "9" * 13, "٣"])
def test_time_is_a_number(expires: str) -> None:
    """The end of an address is told in whole seconds."""
    query = {**QUERY, "temp_url_expires": expires}

    fault = temp_urls.find_fault("PUT", PATH, query=query, key=KEY, now=0)

    assert fault == f"temp_url_expires is {expires!r}, not a time in seconds"
