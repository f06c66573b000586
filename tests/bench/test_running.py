"""The benchmark runs from one command, and leaves no server behind."""

import subprocess
import sys

import pytest

from tests.kit.source import ROOT

SECONDS = 170


@pytest.mark.clients
def test_a_quick_look_at_one_workload_prints_its_row_and_writes_no_page(tmp_path):
    asked = ["--quick", "--only", "page-json", "--against", "nginx", "--folder", str(tmp_path)]
    page = ROOT / "docs" / "benchmarks.md"
    before = page.read_bytes()

    answer = subprocess.run(
        [sys.executable, "-m", "bench", *asked],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )

    assert answer.returncode == 0, answer.stderr
    head, row, *notes = answer.stdout.splitlines()
    assert (head.split()[0], row.split()[0]) == ("workload", "page-json")
    # Without nginx or wrk there is a sentence that says what to install.
    assert row.split()[-1] in ("yes", "no") or "install the Debian package" in " ".join(notes)
    assert page.read_bytes() == before
    assert list((tmp_path / "quick").glob("run-*")) == []
