"""Results of as many scenarios as wanted: those of one run, over and over in other folders."""

import json
import re
import shutil
import uuid
from pathlib import Path, PurePosixPath
from typing import Any

from connector_harness.gherkin.feature import parse_feature
from connector_harness.gherkin.identity import history_id

_SOURCE = re.compile(r'"source": ?"([^"]*)"')


def multiply(results: Path, folder: Path, at_least: int) -> int:
    """Write the results in *results* to *folder* again and again, and return how many there are.

    Every copy has features, ids and attachments of its own, as a larger project would.

    Args:
        results: The results of one run.
        folder: Where they go.
        at_least: How many there must be.
    """
    folder.mkdir(parents=True)
    spec = json.loads((results / "spec.json").read_bytes())
    for name in ("run.json", "contract.json", "environment.properties"):
        shutil.copyfile(results / name, folder / name)
    features: list[dict[str, Any]] = []
    files = sorted(results.glob("*-result.json"))
    copies = -(-at_least // len(files))
    for number in range(copies):
        ids: dict[str, tuple[str, str]] = {}
        for feature in spec["features"]:
            copy = _copied(feature, number)
            features.append(copy)
            pairs = zip(feature["scenarios"], copy["scenarios"], strict=True)
            ids |= {old: (new, copy["path"]) for old, new in pairs}
        for file in files:
            _copy_result(file, folder, ids)
    (folder / "spec.json").write_text(json.dumps({**spec, "features": features}), encoding="utf-8")
    return copies * len(files)


def _copied(feature: dict[str, Any], number: int) -> dict[str, Any]:
    first, *rest = PurePosixPath(feature["path"]).parts
    path = str(PurePosixPath(first, f"team_{number + 1}", *rest))
    parsed = parse_feature(feature["source"], path)
    ids = [history_id(parsed, each) for each in parsed.scenarios] if parsed else []
    return {**feature, "path": path, "scenarios": ids}


def _copy_result(file: Path, folder: Path, ids: dict[str, tuple[str, str]]) -> None:
    text = file.read_text(encoding="utf-8")
    for source in dict.fromkeys(_SOURCE.findall(text)):
        copy = f"{uuid.uuid4()}-attachment{Path(source).suffix}"
        shutil.copyfile(file.parent / source, folder / copy)
        text = text.replace(source, copy)
    result = json.loads(text)
    id_, path = ids[result["historyId"]]
    name = result["fullName"].partition("::")[2]
    result |= {"uuid": str(uuid.uuid4()), "historyId": id_, "fullName": f"{path}::{name}"}
    (folder / f"{result['uuid']}-result.json").write_text(json.dumps(result), encoding="utf-8")
