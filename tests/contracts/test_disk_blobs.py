"""Blobs on a disk that several servers share, that fills, or that cannot be written."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage.blobs.disk import DiskBlobs
from storage.problems import Full, Unavailable
from tests.kit.disks import SmallDisk, a_small_disk
from tests.kit.keeping import kept, read
from tests.kit.source import ROOT

TOAST = b"Two sides, evenly."

LEAVE_A_DRAFT = """
import os, sys
from pathlib import Path
from storage.blobs.disk import DiskBlobs

with DiskBlobs(Path(sys.argv[1])).draft() as draft:
    draft.write(b"Half a toa")
    draft.finish()
    os._exit(9)
"""


GROW_TOO_FAR = """
import resource, sys
from pathlib import Path
from storage.blobs.disk import DiskBlobs
from storage.problems import Full

resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
blobs = DiskBlobs(Path(sys.argv[1]))
try:
    with blobs.draft() as draft:
        draft.write(bytes(1001))
        draft.finish()
except Full as problem:
    print(problem.message)
    print(len([path for path in Path(sys.argv[1]).rglob("*") if path.is_file()]))
"""


WATCH_FLUSHES = """
import os, sys
from pathlib import Path
from storage.blobs.disk import DiskBlobs

folders = []

def watch(event, args):
    if event == "open" and args[2] & os.O_DIRECTORY:
        folders.append(os.path.relpath(args[0], sys.argv[1]))

sys.addaudithook(watch)
blobs = DiskBlobs(Path(sys.argv[1]))
for content in (b"", b"Toast.", b"Toast."):
    with blobs.draft() as draft:
        draft.write(content)
        draft.finish()
        draft.keep()
print(*folders)
blobs.settle()
print(*folders)
blobs.settle()
print(*folders)
"""


def test_a_draft_whose_writer_was_killed_is_swept(tmp_path: Path, files: Callable[[], list[str]]):
    command = [sys.executable, "-c", LEAVE_A_DRAFT, str(tmp_path)]
    assert subprocess.run(command, cwd=ROOT, check=False).returncode == 9
    assert len(files()) == 1

    blobs = DiskBlobs(tmp_path)

    assert list(blobs.digests()) == []
    assert (blobs.remove_abandoned_drafts(), files()) == (1, [])
    assert blobs.remove_abandoned_drafts() == 0


def test_another_server_leaves_the_drafts_of_this_one(tmp_path: Path):
    here, there = DiskBlobs(tmp_path), DiskBlobs(tmp_path)
    with here.draft() as draft:
        draft.write(TOAST)
        assert there.remove_abandoned_drafts() == 0
        digest = draft.finish().sha256
        draft.keep()

    assert read(there, digest, 0, 100) == [TOAST]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of one MiB."""
    with a_small_disk(tmp_path / "disk", size_bytes=1 << 20) as disk:
        yield disk


@pytest.mark.parametrize("left_bytes", [0, 5, 4096, 300_000])
def test_a_full_disk_is_told_and_nothing_remains(disk: SmallDisk, left_bytes: int):
    blobs = DiskBlobs(disk.folder)
    digest = kept(blobs, TOAST).sha256
    disk.is_filled_but(left_bytes)

    with pytest.raises(Full, match="The disk of the index is full"):
        kept(blobs, bytes(400_000), piece_bytes=20_000)

    assert list((disk.folder / "drafts").iterdir()) == []
    assert read(blobs, digest, 0, 100) == [TOAST]
    disk.is_emptied()
    assert kept(blobs, bytes(400_000)).size_bytes == 400_000


def test_a_store_that_cannot_be_written_says_so(disk: SmallDisk):
    blobs = DiskBlobs(disk.folder)

    disk.is_filled_but(0)
    with pytest.raises(Full):
        blobs.check_writable()
    disk.is_emptied()
    disk.is_mounted("ro")
    with pytest.raises(Unavailable, match="The disk of the index cannot be written"):
        blobs.check_writable()


def test_a_file_that_may_grow_no_further_is_a_full_disk(tmp_path: Path):
    command = [sys.executable, "-c", GROW_TOO_FAR, str(tmp_path)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    assert answer.stdout == (
        "The disk of the index is full: nothing was stored, and nothing was lost.\n0\n"
    )


def test_what_somebody_else_put_there_is_no_blob(tmp_path: Path):
    blobs = DiskBlobs(tmp_path)
    blob = kept(blobs, TOAST)
    places = tmp_path / "sha256"
    for stray in ("notes.txt", f"{blob.sha256[:2]}/{blob.sha256}.bak", f"zz/zz{'0' * 62}"):
        (places / stray).parent.mkdir(exist_ok=True)
        (places / stray).touch()
    (places / "00").mkdir(exist_ok=True)
    (places / "00" / f"11{'0' * 62}").touch()

    assert list(blobs.digests()) == [blob.sha256]


def test_what_was_kept_is_flushed_once_for_all_of_it(tmp_path: Path):
    command = [sys.executable, "-c", WATCH_FLUSHES, str(tmp_path)]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)

    flushed = "sha256 sha256/93 sha256/e3"  # The folders are new, so theirs is flushed, too.
    assert answer.stdout.splitlines() == ["", flushed, flushed]
