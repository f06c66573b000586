"""The command `bascule` in a process of its own, in a pipe or on a terminal."""

import os
import pty
import subprocess
from collections.abc import Mapping
from pathlib import Path
from threading import Timer

from tests.kit import placed
from tests.kit.live import BASCULE, COMMAND_SECONDS
from tests.kit.source import ROOT

Said = tuple[int, str, str]
"""The exit code, and what came on the two outputs."""


def bascule(folder: Path, *words: str | bytes, typed: str = "", **environment: str) -> Said:
    """What a command says in a pipe."""
    answer = subprocess.run(
        _line(folder, words),
        cwd=ROOT,
        env=_environment(folder, environment),
        input=typed,
        capture_output=True,
        text=True,
        errors="surrogateescape",
        timeout=COMMAND_SECONDS,
    )
    return answer.returncode, answer.stdout, answer.stderr


def on_a_terminal(folder: Path, *words: str, typed: str = "", after: str = "") -> str:
    """All that a terminal shows of a command, where *typed* is entered when *after* is shown."""
    ours, theirs = pty.openpty()
    command = subprocess.Popen(
        _line(folder, words),
        cwd=ROOT,
        env=_environment(folder, {"COLUMNS": "200", "TERM": "xterm"}),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,  # Without a terminal of the tests' own to ask on.
    )
    os.close(theirs)
    patience = Timer(COMMAND_SECONDS, command.kill)
    patience.start()
    shown = b""
    while chunk := _read(ours):
        shown += chunk
        if typed and after.encode() in shown:
            os.write(ours, typed.encode())
            typed = ""
    os.close(ours)
    patience.cancel()
    assert command.wait(COMMAND_SECONDS) == 0, shown
    return shown.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:  # The other end is closed: Linux says EIO.
        return b""


def _line(folder: Path, words: tuple[str | bytes, ...]) -> list[str | bytes]:
    return [*BASCULE, *words, "--data", str(folder)]


def _environment(folder: Path, more: Mapping[str, str]) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("BASCULE_")}
    return {**ours, **placed.environment(folder), **more}
