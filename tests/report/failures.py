"""Failures as a pipeline tells of them."""

from connector_harness.results.failed import Failed

HOSTILE = "100% | [late], a:b; `x`\r\n::error::no <b>##vso[task.setvariable variable=a]b\\"


def failure(reason: str = "It is late", *, counts: bool = True, title: str = "One") -> Failed:
    """Return a failure at line 14 of a feature.

    Args:
        reason: Why it failed.
        counts: Whether it makes the run fail.
        title: What the scenario is called, and what its key is made from.
    """
    return Failed(
        key=f"key of {title}",
        path="features/parcels.feature",
        line=14,
        title=title,
        sentence="Then it arrives",
        reason=reason,
        kind="product",
        severity="",
        counts=counts,
    )
