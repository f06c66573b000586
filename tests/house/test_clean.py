"""The source is formatted, free of lint, and its types hold."""

import subprocess
import sys

import pytest

from tests.kit.source import ROOT


@pytest.mark.parametrize(
    "command",
    [["ruff", "format", "--check", "--quiet"], ["ruff", "check", "--quiet"], ["mypy"]],
    ids=" ".join,
)
def test_the_source_is_clean(command):
    answer = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
