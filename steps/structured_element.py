"""Elements of structured content at their limits, beyond them, and without what they need.

Source: API facts §12.6.
"""

from typing import Final

from connector_harness.client import events
from connector_harness.json_types import JsonObject, JsonValue


def button(*, title: str = "Yes", actions: int = 1) -> JsonObject:
    """Return a button with a title of so many characters, and so many actions."""
    action: JsonObject = {"type": "publishText", "text": title[:20]}
    return {"type": "button", "title": title, "click": {"actions": [dict(action)] * actions}}


def image(*, url: str = "https://shop.example.test/p.png", caption: str = "A parcel") -> JsonObject:
    """Return a picture."""
    return {"type": "image", "url": url, "caption": caption}


def link(*, url: str = "https://shop.example.test/", title: str = "The shop") -> JsonObject:
    """Return the preview of a link."""
    return {"type": "linkPreview", "url": url, "title": title}


def quick_reply(answer: str) -> JsonObject:
    """Return a question with one answer to choose."""
    return template([answer])


def template(answers: list[JsonValue]) -> JsonObject:
    """Return a question with *answers* to choose from."""
    return {"type": "template", "templateType": "quickReply", "title": "How?", "resp": answers}


def address(length: int) -> str:
    """Return an address of *length* characters."""
    start = "https://shop.example.test/"
    return start + "a" * (length - len(start))


def words(length: int) -> str:
    """Return a text of *length* characters."""
    return "w" * length


def at_limits(beyond: int) -> dict[str, JsonObject]:
    """Return an element for each limit a shopper can reach, *beyond* it by so much."""
    short, long, most = 128 + beyond, 2048 + beyond, 4 + beyond
    return {
        f"a button title of {short} characters": button(title=words(short)),
        f"a caption of {short} characters": image(caption=words(short)),
        f"a picture address of {long} characters": image(url=address(long)),
        f"a link title of {short} characters": link(title=words(short)),
        f"a link address of {long} characters": link(url=address(long)),
        f"a quick reply of {short} characters": quick_reply(words(short)),
        f"a button with {most} actions": button(actions=most),
    }


INCOMPLETE: Final[dict[str, JsonObject]] = {
    "an element of an unknown kind": {"type": "hologram", "text": "Hello"},
    "a button without a title": {"type": "button"},
    "a text without words": {"type": "text"},
    "a picture without an address": {"type": "image", "caption": "A parcel"},
    "a map without a place": {"type": "map", "la": 48.1},
    "a link without an address": {"type": "linkPreview", "title": "The shop"},
    "a card without elements": {"type": "vertical"},
    "a quick reply without answers": template([]),
    "an action of an unknown kind": {
        "type": "button",
        "title": "Fly",
        "click": {"actions": [{"type": "fly"}]},
    },
}
"""Elements that lack what they need."""

FITTING: Final = {
    name: events.rich_content_event(content) for name, content in at_limits(0).items()
}
"""The events that show the largest of each kind, in the words of the features."""

BROKEN: Final = {
    "nothing at all": {"type": "RichContentEvent"},
    **{
        name: events.rich_content_event(content)
        for name, content in {**at_limits(1), **INCOMPLETE}.items()
    },
}
"""The events that show what must not be, in the words of the features."""
