"""Documents, headers and bytes that are wrong in ways nobody thought of."""

import copy
import json
from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from hypothesis import strategies as st

from tests.schema_examples import places, value_at

SNAGS: Final = (
    *(
        "",
        " ",
        "\x00",
        "\r\n",
        "\u2028",
        "\ufeff",
        "\ud800",
        "\U0001f600",
        "\u0131",
        "ß",
        "\x1b[31m",
    ),
    *("null", "true", "0", "-1", "1e400", "NaN", "Infinity", "٣", "1_000", " 7 ", "0x10"),
    *("__proto__", "../..", "%00", "%", "%zz", "{0}", "{{", "$ref", "a" * 300, "Bearer x", "a.b.c"),
)
"""Texts on which readers stumble."""

NUMBERS: Final = (0, -0.0, -1, 2**31, 2**53 + 1, -(2**63), 2**64, 10**30, 1e308, 5e-324, 0.1)
"""Numbers on which readers stumble."""

texts = st.sampled_from(SNAGS) | st.text(
    st.characters(categories=("L", "N", "P", "S", "Z", "C")), max_size=12
)
scalars = (
    st.none() | st.booleans() | st.integers() | st.sampled_from(NUMBERS) | st.floats(width=32)
) | texts
documents: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=12,
)
"""Any JSON document, and some that Python alone takes for JSON."""

_depths = st.sampled_from([99, 100, 101, 900, 100_000])
deep = st.one_of(
    _depths.map(lambda depth: b"[" * depth),
    _depths.map(lambda depth: b"[" * depth + b"]" * depth),
    _depths.map(lambda depth: b'{"a":' * depth + b"1" + b"}" * depth),
)
"""Documents as deep as any may be, and deeper; hypothesis raises the recursion limit."""


# Of each type one, without value: what reads the original stumbles on most of them.
_OTHERS: Final[tuple[Any, ...]] = (None, False, 0, 0.5, "", "x", [], {}, [{}], {"a": []})


# Copies: what is drawn once may be changed later.
others = st.sampled_from(_OTHERS).map(copy.deepcopy)


def encoded(document: object) -> bytes:
    """Return *document* as JSON, half surrogate pairs escaped, NaN as Python writes it."""
    return json.dumps(document).encode()


@st.composite
def mutated(draw: st.DrawFn, originals: Sequence[Any]) -> Any:  # noqa: ANN401
    """Return one of *originals*, changed in one to three places."""
    document = copy.deepcopy(draw(st.sampled_from(originals)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(list(places(document))))
        if not path:
            continue
        parent: Any = value_at(document, path[:-1])
        last: Any = path[-1]
        match draw(st.sampled_from(["replace", "drop", "repeat", "rename", "wrap", "swap"])):
            case "replace":
                parent[last] = draw(others | documents)
            case "drop":
                del parent[last]
            case "repeat" if isinstance(parent, list):
                parent.insert(0, copy.deepcopy(parent[last]))
            case "rename" if isinstance(parent, dict):
                parent[draw(texts)] = parent.pop(last)
            case "swap" if isinstance(parent, list):
                parent.reverse()
            case _:
                parent[last] = [parent[last]]
    return document


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """Return *whole* with a piece of it cut out, repeated or replaced by other bytes."""
    start = draw(st.integers(0, len(whole)))
    end = draw(st.integers(start, min(len(whole), start + 20)))
    piece = draw(st.sampled_from([b"", whole[start:end] * 2]) | st.binary(max_size=12))
    return whole[:start] + piece + whole[end:]


def bodies(originals: Sequence[Any]) -> st.SearchStrategy[bytes]:
    """Return bodies: any bytes, any JSON, and damaged or changed forms of *originals*."""
    return st.one_of(
        mutated(originals).map(encoded),
        mutated(originals).map(encoded),
        documents.map(encoded),
        st.sampled_from([encoded(each) for each in originals]).flatmap(damaged),
        st.binary(max_size=60),
        deep,
    )


_NAMES: Final = ("client_id", "client_secret", "grant_type", "v", "", "ext_consumer_id", "a[]")
fields = st.lists(
    st.tuples(st.sampled_from(_NAMES) | texts, texts | st.sampled_from(["client_credentials"])),
    max_size=5,
)
forms = st.one_of(
    fields.map(lambda each: urlencode(each, errors="replace").encode()),
    st.binary(max_size=60),
    st.text("=&;%+a0\x00é", max_size=40).map(str.encode),
)
"""Form bodies, right and wrong."""

values = st.one_of(
    st.binary(max_size=30).map(lambda value: value.translate(None, b"\r\n\x00")),
    st.sampled_from(
        [b"", b",", b"a.b.c", b"..", b"Bearer a.b.c", b"9" * 5000, b"\xff\xfe", b"=;="]
    ),
    st.lists(st.text("aeJyZ09-_=", max_size=20), min_size=3, max_size=3).map(
        lambda parts: ".".join(parts).encode()
    ),
)
"""Header values that a server lets through."""
