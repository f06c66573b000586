"""Half an hour of ordinary work, and what the servers take for it: nothing may grow for ever."""

import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from threading import Event

from torture.owning import Owner
from torture.site import Site

SAMPLE_SECONDS = 10
WARM = 1 / 3
"""The part of the time in which what is kept in memory is still filling."""

GROWTH = 1.05
"""How much more the end may take than the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What all servers together have at one moment."""

    resident_mib: float
    files: int
    threads: int
    sockets: int

    def text(self) -> str:
        """As a line of the report."""
        return (
            f"{self.resident_mib:.0f} MiB resident, {self.files} files open, of them "
            f"{self.sockets} connections, {self.threads} threads"
        )


def work(site: Site, owners: Sequence[Owner], *, seconds: float) -> list[str]:
    """What grew while everybody was at work half of the time, in sentences."""
    stop, samples = Event(), []
    with ThreadPoolExecutor(len(owners)) as threads:
        at_work = [threads.submit(owner.acts_until, stop, half=True) for owner in owners]
        until = time.monotonic() + seconds
        try:
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(SAMPLE_SECONDS, left))
                samples.append(_taken([node.pid for node in site.nodes]))
                print(f"{seconds - left:5.0f} s: {samples[-1].text()}", flush=True)
        finally:
            stop.set()
        for each in at_work:
            each.result()
    found = [fault for owner in owners for fault in owner.found()]
    return found + _grown(samples)


def _grown(samples: Sequence[Taken]) -> list[str]:
    warm = samples[int(len(samples) * WARM) :]
    middle, end = warm[: len(warm) // 2], warm[len(warm) // 2 :]
    found = []
    for name in Taken.__dataclass_fields__:
        before, after = (median(getattr(each, name) for each in part) for part in (middle, end))
        if after > before * GROWTH + 1:
            found.append(f"{name} grew from {before:.0f} to {after:.0f}.")
    return found


def _taken(pids: Sequence[int]) -> Taken:
    statuses = [Path(f"/proc/{pid}/status").read_text(encoding="ascii") for pid in pids]
    links = [os.readlink(each) for pid in pids for each in _open(pid)]
    return Taken(
        resident_mib=sum(_number(text, "VmRSS") for text in statuses) / 1024,
        files=len(links),
        threads=sum(_number(text, "Threads") for text in statuses),
        sockets=sum(link.startswith("socket:") for link in links),
    )


def _open(pid: int) -> list[Path]:
    return [each for each in Path(f"/proc/{pid}/fd").iterdir() if each.is_symlink()]


def _number(status: str, name: str) -> int:
    line = next(line for line in status.splitlines() if line.startswith(f"{name}:"))
    return int(line.split()[1])
