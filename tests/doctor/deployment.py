"""A deployment that answers as documented, until it is told to answer otherwise."""

import base64
import itertools
import json
import time
from typing import Any

from tests.client.server import LocalServer, Scripted

ACCOUNT = "70000001"
CLOSED = {"reqId": "1", "code": "OK", "body": {"msg": "OK Conversation resolved successfully"}}
PUBLISHED = {"reqId": "1", "code": "OK", "body": {"sequence": 0}}


def jwt(**claims: object) -> str:
    """Return a token with these claims; nobody has signed it."""
    parts = [json.dumps(each).encode() for each in ({"alg": "RS256"}, claims)]
    return ".".join(
        base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in (*parts, b"signed")
    )


def app_token(**other: object) -> dict[str, str]:
    """Return the answer with a good app token, some of whose claims are other."""
    now = int(time.time())
    claims = {"aud": ACCOUNT, "scope": "msg.consumer", "iat": now, "exp": now + 3600}
    return {"access_token": jwt(**claims | other), "token_type": "Bearer"}


class Deployment(LocalServer):
    """Serves discovery, tokens and conversations of one account."""

    def __init__(self) -> None:
        """Listen on a free port of the loopback address."""
        self._numbers = itertools.count(1)
        super().__init__()

    def next_answer(self, path: str) -> Scripted:
        """Return the next queued answer for *path*, or the documented one."""
        word = path.partition("?")[0].rpartition("/")[2]
        if self._scripts[word]:
            return self._scripts[word].pop(0)
        return self._documented(word, super().next_answer(path))

    def _documented(self, word: str, usual: Scripted) -> Scripted:
        told: dict[str, tuple[int, Any]] = {
            "token": (200, app_token()),
            "consumer": (201, {"token": jwt(account_id=ACCOUNT, ext_consumer_id="x")}),
        }
        if word == "send":
            is_closing = b"UpdateConversationField" in self.received[-1].body
            told["send"] = (200, CLOSED if is_closing else PUBLISHED)
        status, document = told.get(word, (usual.status, usual.document))
        return Scripted(status, document, {})

    def closings(self) -> list[str]:
        """Return which conversations were told to close."""
        bodies = [json.loads(each.body) for each in self.requests("send")]
        return [
            each["body"]["conversationId"]
            for each in bodies
            if each["type"].endswith("UpdateConversationField")
        ]
