"""Small disks of their own, which can be filled and emptied, or written no more."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """A disk in memory, mounted at *folder*."""

    folder: Path

    @property
    def _filler(self) -> Path:
        return self.folder / "filler"

    def is_filled_but(self, left_bytes: int) -> None:
        """Fill it, but for some bytes."""
        self.is_emptied()
        free_bytes = os.statvfs(self.folder).f_bavail * os.statvfs(self.folder).f_frsize
        self._filler.write_bytes(bytes(free_bytes - left_bytes))

    def is_emptied(self) -> None:
        """Make room again."""
        self._filler.unlink(missing_ok=True)

    def is_mounted(self, how: str) -> None:
        """Mount it anew: `ro` to be read only, `rw` as before. Nobody may be writing."""
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@contextmanager
def a_small_disk(folder: Path, *, size_bytes: int) -> Iterator[SmallDisk]:
    """A disk of that size. Mounting takes root: without it, only CI insists on the test."""
    if os.geteuid() != 0 and os.environ.get("CI") != "true":
        pytest.skip("Mounting a small disk takes root; CI has it.")
    folder.mkdir(parents=True, exist_ok=True)
    size = f"size={size_bytes}"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder], check=True)
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", folder], check=True)
