"""Failures as a pipeline tells of them."""

from connector_harness.report.pipeline.failures import ReportedFailure

HOSTILE = "100% | [late], a:b; `x`\r\n::error::no <b>##vso[task.setvariable variable=a]b\\"


def failure(
    reason: str = "It is late", *, counts: bool = True, title: str = "One"
) -> ReportedFailure:
    """Return a failure at line 14 of a feature.

    Args:
        reason: Why it failed.
        counts: Whether it makes the run fail.
        title: What the scenario is called.
    """
    return ReportedFailure(
        path="features/parcels.feature",
        line=14,
        title=title,
        sentence="Then it arrives",
        reason=reason,
        kind="product",
        counts=counts,
    )
