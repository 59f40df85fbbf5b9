"""Results of as many scenarios as wanted: those of one run, over and over in other folders."""

import json
import shutil
from pathlib import Path, PurePosixPath
from typing import Any

from connector_harness.gherkin.feature import parse_feature
from connector_harness.gherkin.identity import history_id
from connector_harness.results.journal import AttemptJournal, attempts, journals
from connector_harness.results.run_facts import ENDING


def multiply(results: Path, folder: Path, at_least: int) -> int:
    """Write the results in *results* to *folder* again and again, and return how many there are.

    Every copy has features and ids of its own, as a larger project would.

    Args:
        results: The results of one run.
        folder: Where they go.
        at_least: How many there must be.
    """
    folder.mkdir(parents=True)
    spec = json.loads((results / "spec.json").read_bytes())
    kept = ("contract.json", "environment.properties")
    for file in (*results.glob(f"*{ENDING}"), *(results / name for name in kept)):
        shutil.copyfile(file, folder / file.name)
    features: list[dict[str, Any]] = []
    every = [each for file in journals(results) for each in attempts(file)]
    known = [(each, each.history_id, each.full_name.partition("::")[2]) for each in every]
    copies = -(-at_least // len(every))
    journal = AttemptJournal(folder)
    for number in range(copies):
        ids: dict[str, tuple[str, str]] = {}
        for feature in spec["features"]:
            copy = _copied(feature, number)
            features.append(copy)
            pairs = zip(feature["scenarios"], copy["scenarios"], strict=True)
            ids |= {old: (new, copy["path"]) for old, new in pairs}
        for attempt, id_, name in known:
            attempt.history_id, path = ids[id_]
            attempt.full_name = f"{path}::{name}"
            journal.append(attempt)
    (folder / "spec.json").write_text(json.dumps({**spec, "features": features}), encoding="utf-8")
    return copies * len(every)


def _copied(feature: dict[str, Any], number: int) -> dict[str, Any]:
    first, *rest = PurePosixPath(feature["path"]).parts
    path = str(PurePosixPath(first, f"team_{number + 1}", *rest))
    parsed = parse_feature(feature["source"], path)
    ids = [history_id(parsed, each) for each in parsed.scenarios] if parsed else []
    return {**feature, "path": path, "scenarios": ids}
