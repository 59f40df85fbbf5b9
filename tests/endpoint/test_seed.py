"""The seed scenario, seen from the other end of the line."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.endpoint.runs import Run, leaks, run
from tests.endpoint.server import ACCOUNT, CLIENT_ID, CLIENT_SECRET, Received, RecordingServer

SEED = """
[
  {
    "kind": "req",
    "id": "2,",
    "type": "userprofile.SetUserProfile",
    "body": {
      "firstName": "WEB UI USER",
      "lastName": "Test",
      "avatarUrl": "http://avatarurl.com",
      "role": "X",
      "backgndImgUri": "http://something.com",
      "description": "Test Description",
      "privateData": {
        "mobileNum": "1750345346",
        "mail": "test@gmail.com",
        "pushNotificationData": {
          "serviceName": "Service",
          "certName": "CertName",
          "token": "TOKEN"
        }
      }
    }
  },
  {
    "kind": "req",
    "id": "1,",
    "type": "cm.ConsumerRequestConversation",
    "body": {
      "ttrDefName": "CUSTOM",
      "campaignInfo": {
        "campaignId": "99999",
        "engagementId": "888888"
      },
      "conversationContext": {
        "visitorId": "A3ZTY3Zjk1MDExZTczYTU4",
        "sessionId": "ys2wSqaSRSOJGki7VhEDKQ",
        "interactionContextId": "2",
        "type": "SharkContext",
        "lang": "en-US"
      },
      "channelType": "MESSAGING",
      "brandId": "{accountid}",
      "skillId": "-1"
    }
  },
  {
    "kind": "req",
    "id": "3",
    "type": "ms.PublishEvent",
    "body": {
      "event": {
        "type": "ContentEvent",
        "contentType": "text/plain",
        "message": "Hi from Example Happy Flow - Create & Send"
      }
    }
  }
]
"""
"""The example that the project starts from, as it is documented."""


class Seen:
    """One run of the seed scenario against one server."""

    def __init__(self, run: Run, server: RecordingServer) -> None:
        """Keep both."""
        self.run = run
        self.server = server

    def only(self, service: str) -> Received:
        """Return the one request that *service* received."""
        (request,) = self.server.requests(service)
        return request


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seen]:
    """The seed scenario, run once from the command line."""
    with RecordingServer() as server:
        more = ("features", "-m", "seed", "--endpoint", server.url)
        yield Seen(run(tmp_path_factory.mktemp("seed"), *more), server)


def document(text: str) -> Any:  # noqa: ANN401  # what JSON holds, objects as pairs
    """Return *text* as a request's document is read: the order of members counts."""
    body = text.replace("{accountid}", ACCOUNT).encode()
    return Received("", "", "", "", (), body).document


def test_run_ends_well(seen: Seen) -> None:
    """The seed scenario alone is run, it passes, and the exit code says so."""
    assert seen.run.exit_code == 0, seen.run.output
    assert [result["status"] for result in seen.run.results] == ["passed"]


def test_batch_is_the_example(seen: Seen) -> None:
    """What is sent is the example exactly: commands, members, their values and their order."""
    assert seen.only("conversation").document == document(SEED)


def test_batch_goes_to_the_documented_address(seen: Seen) -> None:
    """The batch is posted to the account's conversations, in version 3."""
    request = seen.only("conversation")
    assert (request.method, request.query) == ("POST", "v=3")
    assert request.path == f"/api/account/{ACCOUNT}/messaging/consumer/conversation"


def test_batch_shows_both_tokens_as_they_are(seen: Seen) -> None:
    """Each token stands in its header raw, without the word Bearer."""
    # The first was issued before the first scenario.
    _, app_token, consumer_token, *_ = seen.server.issued
    request = seen.only("conversation")
    assert request.header("authorization") == app_token
    assert request.header("x-lp-on-behalf") == consumer_token


@pytest.mark.parametrize("service", ["conversation", "consumer_token"])
def test_documents_are_sent_as_json(seen: Seen, service: str) -> None:
    """Whatever is JSON says so, and says how long it is."""
    request = seen.only(service)
    assert request.header("content-type") == "application/json"
    assert request.header("content-length") == str(len(request.body))


def test_app_token_is_asked_for_in_a_form(seen: Seen) -> None:
    """The call that gets the app token is a form, and shows no token."""
    request = seen.server.requests("app_token")[0]
    assert request.header("content-type") == "application/x-www-form-urlencoded"
    assert request.query == "v=1.0&grant_type=client_credentials"
    assert request.header("authorization") is None


def test_app_token_is_asked_for_with_the_credentials(seen: Seen) -> None:
    """The form holds id and secret of the installation, and nothing more."""
    request = seen.server.requests("app_token")[0]
    assert request.form == {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


def test_consumer_token_is_asked_for_once(seen: Seen) -> None:
    """One call gets the consumer token, shows the raw app token, and names the consumer alone."""
    request = seen.only("consumer_token")
    assert (request.method, request.query) == ("POST", "v=1.0")
    assert request.header("authorization") == seen.server.issued[1]
    assert [name for name, _ in request.document] == ["ext_consumer_id"]


def test_nothing_else_is_sent(seen: Seen) -> None:
    """Three calls make the scenario, in this order; an address needs no discovery.

    Before it the run sees whether it is let in; at its end it signs in anew and closes the
    conversation.
    """
    services = [request.service for request in seen.server.received]
    scenario = ["app_token", "consumer_token", "conversation"]
    assert services == ["app_token", *scenario, "app_token", "sending"]


def test_nothing_secret_is_left(seen: Seen) -> None:
    """Neither the results nor the output hold a secret or a token."""
    assert leaks(seen.run, seen.server.issued) == []
