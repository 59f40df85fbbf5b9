"""A temporary folder that all processes of one run share."""

import shutil
import tempfile
from pathlib import Path

import pytest

from connector_harness.plugin.processes.channel import told

_FOLDER = pytest.StashKey[Path]()


def shared_folder(config: pytest.Config) -> Path:
    """Return the folder; the controlling process makes it, and removes it when the run ends."""
    if known := told(config).folder:
        return Path(known)
    if _FOLDER not in config.stash:
        config.stash[_FOLDER] = folder = Path(tempfile.mkdtemp(prefix="connector-harness-"))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    return config.stash[_FOLDER]
