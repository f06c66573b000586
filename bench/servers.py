"""Servers as programs: started on a free port, watched from outside, stopped whatever happens."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.place import Missing

START_SECONDS = 180
STOP_SECONDS = 20
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers on the loopback: where, and as which process."""

    port: int
    pid: int
    start_seconds: float
    simple: str = "/simple/"
    """The path that the pages of projects are below."""

    @property
    def url(self) -> str:
        """Its root, without a slash."""
        return f"http://127.0.0.1:{self.port}"

    def page(self, project: str) -> str:
        """The path of the page of one project."""
        return f"{self.simple}{project}/"


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(
    command: Sequence[object],
    *,
    port: int,
    log: Path,
    ready: bytes | None = None,
    simple: str = "/simple/",
    environment: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> Iterator[Running]:
    """A server from its start until the context ends. Raises Missing with its last words.

    It is ready when it says *ready*, or if there is nothing that it says, when it listens.
    """
    began = time.monotonic()
    with log.open("wb") as said:
        process = subprocess.Popen(
            [str(each) for each in command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env=environment,
            cwd=cwd,
            start_new_session=True,
        )
    try:
        _wait(process, port, log, ready, until=began + START_SECONDS)
        yield Running(
            port=port, pid=process.pid, start_seconds=time.monotonic() - began, simple=simple
        )
    finally:
        _stop(process)


def _wait(
    process: subprocess.Popen[bytes], port: int, log: Path, ready: bytes | None, *, until: float
) -> None:
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        if ready in log.read_bytes() if ready else _listens(port):
            return
        time.sleep(0.01)
    lines = log.read_text(encoding="utf-8", errors="replace").strip().splitlines() or ["nothing"]
    raise Missing(f"It does not start. It says: {lines[-1].rstrip('.')}.")


def _listens(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def _stop(process: subprocess.Popen[bytes]) -> None:
    # The group is the session that was begun for it: the server and its workers, nobody else.
    for how in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, how)
            process.wait(STOP_SECONDS)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait(STOP_SECONDS)


def family(pid: int) -> list[int]:
    """A process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for place in Path("/proc").glob("[0-9]*"):
        if (fields := _stat(int(place.name))) is not None:
            parents.setdefault(int(fields[1]), []).append(int(place.name))
    found = [pid]
    for each in found:
        found += parents.get(each, [])
    return found


def cpu_seconds(pid: int) -> float:
    """The time that a process and its descendants have had on any core."""
    fields = [_stat(each) for each in family(pid)]
    return sum(int(each[11]) + int(each[12]) for each in fields if each) / _TICKS


def resident_bytes(pid: int) -> int:
    """How much memory one process has resident."""
    fields = _stat(pid)
    return int(fields[21]) * _PAGE_BYTES if fields else 0


def _stat(pid: int) -> list[str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:  # It has ended meanwhile.
        return None
    return text.rpartition(")")[2].split()
