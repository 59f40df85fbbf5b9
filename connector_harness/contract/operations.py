"""The calls of the API, as product names them."""

from collections.abc import Mapping
from typing import Final

OPERATIONS: Final[Mapping[str, str]] = {
    "domains": "Finding all services",
    "domain": "Finding one service",
    "app_token": "Signing in the connector",
    "consumer_token": "Signing in a shopper",
    "create_conversation": "Opening the conversation",
    "publish_event": "Saying something",
    "update_conversation_field": "Changing the conversation",
    "generate_upload_url": "Asking where to put a file",
    "generate_download_url": "Asking where to get a file",
    "set_user_profile": "Setting the profile",
    "put_file": "Putting a file there",
    "get_file": "Getting a file",
}
"""What each call is for, by operation."""

COMMANDING: Final = frozenset(
    {
        "create_conversation",
        "publish_event",
        "update_conversation_field",
        "generate_upload_url",
        "generate_download_url",
        "set_user_profile",
    }
)
"""The calls that send commands."""
