"""Real servers on a real disk, while everything breaks that can: nothing acknowledged is lost."""

import os
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from tests.kit.source import ROOT
from torture.backings import Backing
from torture.clock import a_clock
from torture.owning import Owner
from torture.rounds import play
from torture.site import Site, a_site

pytestmark = pytest.mark.clients

SECONDS = 60
"""How long CI tortures the index; `scripts/torture` does it for as long as it is told to."""


def test_what_was_answered_stays_true_whatever_breaks(tmp_path: Path):
    command = [sys.executable, "-m", "torture", "--seconds", str(SECONDS)]
    its = {**os.environ, "TMPDIR": str(tmp_path)}

    played = subprocess.run(command, cwd=ROOT, env=its, capture_output=True, text=True)

    assert played.returncode == 0, played.stdout + played.stderr
    assert played.stdout.endswith("nothing was lost or untrue.\n")


def test_a_lost_file_and_a_forgotten_hold_are_found(tmp_path: Path):
    def blob_is_lost(site: Site, _chances: Random) -> None:
        next(
            path for path in (site.folder / "blobs" / "sha256").rglob("*") if path.is_file()
        ).unlink()

    with a_clock(tmp_path) as clock, a_site(tmp_path, clock, Backing(), nodes=1, owners=1) as site:
        (owner,) = [Owner(site, name, Random(1)) for name in site.owners]
        assert play(site, [owner], nothing, Random(1)) == []
        hidden = next(known for known in owner.files if known.uploaded)
        hidden.hidden = not hidden.hidden
        forgotten = list(owner.looks(site.nodes[0].url, hidden))
        owner.found()
        hidden.hidden = not hidden.hidden

        assert any(hidden.archive.filename in sentence for sentence in forgotten)
        assert any("is missing" in each for each in play(site, [owner], blob_is_lost, Random(3)))


def nothing(_site: Site, _chances: Random) -> None:
    """No fault at all."""
