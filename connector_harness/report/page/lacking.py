"""What the endpoint under test did not offer, and how many scenarios were not run for that."""

from collections import Counter

from connector_harness.gherkin.tags import NEEDS
from connector_harness.results.reader import Results


def lacking(results: Results) -> list[tuple[str, int]]:
    """Return each need in words, as ``an agent``, with how many scenarios lack it; most first.

    A scenario that lacks several things counts for each.
    """
    latest = (scenario.result for scenario in results.scenarios if scenario.result)
    return Counter(need for each in latest for need in each.labelled(NEEDS)).most_common()


def in_words(results: Results) -> str:
    """Return all of it in words, as ``56 need an agent, 1 needs faults``; empty for nothing."""
    return ", ".join(
        f"{count:,} {'needs' if count == 1 else 'need'} {need}" for need, count in lacking(results)
    )
