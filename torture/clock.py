"""A clock that can be stepped while servers run by it; that of the machine stays as it is."""

import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_SOURCE = Path(__file__).with_name("clock.c")
_NAMES = ("LD_PRELOAD", "TORTURE_CLOCK")


@dataclass(frozen=True, slots=True)
class Clock:
    """What some servers take for the time."""

    file: Path

    def is_ahead(self, seconds: int) -> None:
        """Step it: so many seconds before the machine's clock, or behind if it is negative."""
        with self.file.open("r+b" if self.file.exists() else "wb") as opened:
            opened.write(struct.pack("=q", seconds))


@contextmanager
def a_clock(folder: Path) -> Iterator[Clock]:
    """The clock of every program that is started meanwhile.

    Raises LookupError on a machine without a C compiler.
    """
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise LookupError("There is no C compiler, so no clock can be stepped.")
    clock, library = Clock(folder / "clock"), folder / "clock.so"
    clock.is_ahead(0)
    command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
    subprocess.run(command, check=True)
    before = {name: os.environ.get(name) for name in _NAMES}
    os.environ |= dict(zip(_NAMES, (str(library), str(clock.file)), strict=True))
    try:
        yield clock
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
