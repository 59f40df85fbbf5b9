"""What a call was for is read from its address."""

import pytest

from connector_harness.results.exchanges import Exchange


@pytest.mark.parametrize(
    ("called", "operation"),
    [
        ("POST /api/account/1/messaging/consumer/conversation", "create_conversation"),
        ("POST /sentinel/api/account/1/app/token", "app_token"),
        ("POST /api/account/1/consumer", "consumer_token"),
        ("GET /api/account/1/service/baseURI.json", "domains"),
        ("GET /api/account/1/service/swift/baseURI.json", "domain"),
        ("PUT /v1/AUTH_async-images/1/x.PNG", "put_file"),
        ("GET //v1/AUTH_async-images/1/x.PNG", "get_file"),
        ("POST /_sandbox/agent", ""),
        ("GET /messaging/v1/conversations/c", ""),
        ("GET /messaging/v1/conversations/c/dialogs/c/messages", ""),
        ("POST /messaging_history/api/account/1/conversations/consumer/search", ""),
    ],
)
def test_call_is_known_by_its_path(called: str, operation: str) -> None:
    """Method and path tell what a call was for; other APIs' calls are for nothing."""
    method, path = called.split(" ")
    url = f"https://example.test:8443{path}?v=3"

    assert Exchange(f"{method} …/x → 200", url, (), 0, 0, ()).operation == operation
