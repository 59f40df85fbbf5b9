"""Commands that stand in for Allure's, for what the real ones do not do at will."""

from pathlib import Path

REPORTING = """
for word; do
  [ "$last" = --output ] && into=$word
  [ "$last" = --history-path ] && echo run >> "$word"
  last=$word
done
mkdir -p "$into"
echo "<p>$*</p>" > "$into/index.html"
"""
"""What makes a report that tells how it was asked for."""


def write_command(folder: Path, name: str, *, version: str = "3.18.0", does: str = "") -> Path:
    """Write a shell script that tells its version, or does something else."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    tells = f'[ "$1" = --version ] && echo {version} && exit 0'
    file.write_text(f"#!/bin/sh\n{tells}\n{does}\n", encoding="utf-8")
    file.chmod(0o755)
    return file
