"""The folder of the benchmark: environments of the peers, what was prepared, what is running."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
INSTALL_SECONDS = 900


class Missing(Exception):
    """Something cannot be measured here; a full sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where everything of the benchmark lies, and whether it is the quick one."""

    folder: Path
    quick: bool

    @property
    def prepared(self) -> Path:
        """The folder of what is made once: the quick benchmark has smaller corpora."""
        made = self.folder / ("quick" if self.quick else "full")
        made.mkdir(parents=True, exist_ok=True)
        return made

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder for as long as the context lasts, on the same disk as what was prepared."""
        with TemporaryDirectory(prefix="run-", dir=self.prepared) as folder:
            yield Path(folder)

    def environment(self, project: str) -> Path:
        """The `bin` folder of an environment with *project* in it. Raises Missing.

        Made once, by pip, from the package index that pip is configured for.
        """
        folder = self.folder / "environments" / project
        if not (folder / "whole").exists():
            print(f"Installing {project}.", file=sys.stderr)
            shutil.rmtree(folder, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(folder)], project)
            _run([str(folder / "bin" / "pip"), "install", "--quiet", project], project)
            (folder / "whole").touch()
        return folder / "bin"

    def version(self, project: str) -> str:
        """Which version of *project* its environment has. Raises Missing."""
        shown = _run([str(self.environment(project) / "pip"), "show", project], project)
        found = re.search(r"^Version: (.+)$", shown, re.MULTILINE)
        return found[1] if found else "?"


def program(name: str, *, apt: str) -> str:
    """The path of a program, installed with apt-get if this is root. Raises Missing."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    found = shutil.which(name, path=path)
    if found is None and os.getuid() == 0 and shutil.which("apt-get"):
        print(f"Installing {apt}.", file=sys.stderr)
        for command in (["update"], ["install", "--yes", "--no-install-recommends", apt]):
            subprocess.run(["apt-get", "-qq", *command], capture_output=True, check=False)
        found = shutil.which(name, path=path)
    if found is None:
        raise Missing(f"{name} is not here: install the Debian package {apt} as root.")
    return found


def _run(command: list[str], project: str) -> str:
    try:
        answer = subprocess.run(
            command, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=True
        )
    except (subprocess.SubprocessError, OSError) as error:
        said = (getattr(error, "stderr", None) or str(error)).strip().splitlines() or [""]
        raise Missing(f"{project} cannot be installed: {said[-1].rstrip('.')}.") from error
    return answer.stdout


def clone(source: Path, target: Path) -> Path:
    """A copy of a server's folder to write into.

    Files at its top, where the databases lie, are copied; those below never change, and are linked.
    """

    def bring(origin: str, place: str) -> None:
        if Path(origin).parent == source:
            shutil.copy2(origin, place)
        else:
            os.link(origin, place)

    shutil.copytree(source, target, copy_function=bring)
    return target
