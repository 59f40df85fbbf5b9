"""What has changed since the last run, in plain sentences."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from connector_harness.results.reader import Results, Scenario
from connector_harness.results.record import FAILED, Status

SLOWER_BY: Final = 1.5
"""A scenario is slower if it took this many times as long, and `SLOWER_MS` more."""

SLOWER_MS: Final = 500


@dataclass(frozen=True, slots=True)
class News:
    """One thing that has changed."""

    history_id: str
    title: str
    feature: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed, by kind."""

    kinds: tuple[tuple[str, tuple[News, ...]], ...]

    @property
    def words(self) -> str:
        """The changes in one sentence."""
        told = [f"{len(news)} {kind}" for kind, news in self.kinds]
        return ", ".join(told) if told else "nothing has changed"


def changes(before: Results, now: Results) -> Changes:
    """Return what has changed between two runs."""
    old = {each.history_id: each for each in before.scenarios}
    new = {each.history_id: each for each in now.scenarios}
    renamed = dict(_renamed(old, new))
    both = [(old[id_], each) for id_, each in new.items() if id_ in old]
    pairs = [*both, *((old[former], new[id_]) for id_, former in renamed.items())]
    fresh = [each for id_, each in new.items() if id_ not in old and id_ not in renamed]
    kinds = {
        "newly failing": (*_newly_failing(pairs), *_failing(fresh, "new and failing: ")),
        "fixed": tuple(_fixed(pairs)),
        "added": tuple(_news(each) for each in fresh if each.status not in FAILED),
        "removed": tuple(
            replace(_news(old[id_]), history_id="")
            for id_ in old
            if id_ not in new and id_ not in renamed.values()
        ),
        "reworded": tuple(_reworded(pairs)),
        "slower": tuple(_slower(pairs)),
    }
    return Changes(tuple((kind, news) for kind, news in kinds.items() if news))


Pairs = list[tuple[Scenario, Scenario]]


def _news(scenario: Scenario, words: str = "") -> News:
    return News(scenario.history_id, scenario.spec.name, scenario.feature.title, words)


def _renamed(old: Mapping[str, Scenario], new: Mapping[str, Scenario]) -> Iterator[tuple[str, str]]:
    """Yield the keys of scenarios that say the same under another title, or somewhere else."""
    gone: dict[tuple[object, ...], str] = {}
    for id_, scenario in old.items():
        if id_ not in new:
            gone.setdefault(_said(scenario), id_)
    for id_, scenario in new.items():
        if id_ not in old:
            former = gone.pop(_said(scenario), None)
            if former is not None:
                yield id_, former


def _said(scenario: Scenario) -> tuple[object, ...]:
    return tuple(
        (step.type, step.text, step.table, step.doc_string.content if step.doc_string else None)
        for step in scenario.spec.steps
    )


def _newly_failing(pairs: Pairs) -> Iterator[News]:
    for was, now in pairs:
        if was.status not in FAILED:
            excused = was.status is Status.QUARANTINED
            yield from _failing([now], "failed in quarantine before: " * excused)


def _failing(scenarios: Iterable[Scenario], what: str) -> Iterator[News]:
    for each in scenarios:
        if each.status in FAILED:
            failure = each.result.failure if each.result else None
            yield _news(each, f"{what}{failure.gist if failure else ''}".removesuffix(": "))


def _fixed(pairs: Pairs) -> Iterator[News]:
    for was, now in pairs:
        if was.status in (*FAILED, Status.QUARANTINED) and now.status is Status.PASSED:
            yield _news(now)


def _reworded(pairs: Pairs) -> Iterator[News]:
    for was, now in pairs:
        if was.spec.title != now.spec.title:
            yield _news(now, f"was called “{was.spec.title}”")
        elif was.feature.title != now.feature.title:
            yield _news(now, f"stood in “{was.feature.title}”")
        elif _said(was) != _said(now):
            yield _news(now, _other_words(was, now))


def _other_words(was: Scenario, now: Scenario) -> str:
    before = {step.text for step in was.spec.steps}
    fresh = [step.text for step in now.spec.steps if step.text not in before]
    return f"says now: {'; '.join(fresh)}" if fresh else "has fewer sentences, or in another order"


def _slower(pairs: Pairs) -> Iterator[News]:
    for was, now in pairs:
        if was.result is None or now.result is None:
            continue
        before_ms, now_ms = was.result.duration_ms, now.result.duration_ms
        if was.status is now.status is Status.PASSED and _is_slower(before_ms, now_ms):
            yield _news(now, f"took {now_ms / 1000:.1f} s, before {before_ms / 1000:.1f} s")


def _is_slower(before_ms: int, now_ms: int) -> bool:
    return now_ms > before_ms * SLOWER_BY and now_ms - before_ms > SLOWER_MS
