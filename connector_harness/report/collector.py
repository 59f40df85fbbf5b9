"""Python's garbage collector, kept out of the way while documents are made."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Let the collector rest for as long as this lasts.

    Results are many small objects that all stay until the documents are made: to search them for
    garbage, again and again, takes as long as all the rest. It does not look at them later either,
    for by then little is left to do but to end.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
