"""The scripts can be run, say what they do, and are whole."""

import os
import subprocess
from pathlib import Path

from tests.kit.source import ROOT, plant

SOURCED = "scripts/environment"


def test_every_script_can_be_run_and_says_what_it_does():
    scripts = [*sorted((ROOT / "scripts").iterdir()), ROOT / ".ci" / "run"]

    assert [fault for path in scripts for fault in faults(path, ROOT)] == []


def test_a_planted_fault_is_found(tmp_path):
    plant(tmp_path, {"scripts/a": "#!/usr/bin/env bash\nset -e\nif true; then\n"})

    assert faults(tmp_path / "scripts/a", tmp_path) == [
        "scripts/a cannot be run",
        "scripts/a does not say what it does",
        "scripts/a goes on after an error",
        "scripts/a is no bash",
    ]


def faults(path: Path, root: Path) -> list[str]:
    """Everything that is wrong with one script; of one that is only sourced less is asked."""
    name = path.relative_to(root).as_posix()
    lines = path.read_text(encoding="utf-8").splitlines()
    found = []
    if name != SOURCED and not os.access(path, os.X_OK):
        found.append(f"{name} cannot be run")
    if name != SOURCED and lines[0] != "#!/usr/bin/env bash":
        return found
    if not lines[name != SOURCED].startswith("# "):
        found.append(f"{name} does not say what it does")
    if name != SOURCED and "set -euo pipefail" not in lines:
        found.append(f"{name} goes on after an error")
    if subprocess.run(["bash", "-n", path], capture_output=True).returncode != 0:
        found.append(f"{name} is no bash")
    return found
