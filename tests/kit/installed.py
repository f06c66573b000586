"""The newest clients, each in an environment of its own, installed at most once a day."""

import fcntl
import os
import shutil
import subprocess
import time
import venv
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from tests.kit.source import ROOT

# What is asked for, by the name of the command. pdm names the versions that it was released with:
# 2.29.4 does not start with a hishel that came out after it.
CLIENTS = {
    "uv": "uv",
    "poetry": "poetry",
    "pdm": "pdm[locked]",
    "twine": "twine",
    "flit": "flit",
    "hatch": "hatch",
}
BACKENDS = ("setuptools", "wheel", "hatchling", "flit_core", "poetry-core", "pdm-backend")
INSTALL_SECONDS = 300
FRESH_SECONDS = 24 * 60 * 60


def command(client: str) -> Path:
    """The command of a client: `command("twine")`."""
    return _installed() / client / "bin" / client


def python(client: str) -> Path:
    """The Python that a client runs under."""
    return _installed() / client / "bin" / "python"


def backends() -> list[Path]:
    """The wheels that building needs, for a server that builds are to find them on."""
    return sorted((_installed() / "backends").glob("*.whl"))


@cache
def _installed() -> Path:
    """The folder with the clients. The first to ask installs them; others wait for it.

    Everything comes from the package index that this machine's pip is configured for. What was
    left half made, or is older than a day, goes.
    """
    folder = Path(os.environ.get("BASCULE_CLIENTS_DIR") or ROOT / ".cache" / "clients")
    folder.mkdir(parents=True, exist_ok=True)
    complete = folder / "newest" / "complete"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not complete.exists() or time.time() - complete.stat().st_mtime > FRESH_SECONDS:
            shutil.rmtree(complete.parent, ignore_errors=True)
            _install(complete.parent)
            complete.touch()
    return complete.parent


def _install(folder: Path) -> None:
    make_environment(folder / "pip", with_pip=True)
    pip = [folder / "pip" / "bin" / "python", "-m", "pip"]
    _run([*pip, "install", "--upgrade", "pip"])

    def install(client: str) -> None:
        make_environment(folder / client)
        into = ["--python", folder / client / "bin" / "python"]
        _run([*pip, *into, "install", CLIENTS[client]])

    def download_backends() -> None:
        only_wheels = ["--only-binary", ":all:", "--dest", folder / "backends"]
        _run([*pip, "download", *only_wheels, *BACKENDS])

    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        jobs = [workers.submit(install, client) for client in CLIENTS]
        jobs.append(workers.submit(download_backends))
        for job in jobs:
            job.result()


def make_environment(folder: Path, *, with_pip: bool = False) -> None:
    """Make an empty environment of the Python that runs the tests, if there is none yet."""
    if not (folder / "bin" / "python").exists():
        venv.create(folder, symlinks=True, with_pip=with_pip)


def _run(arguments: Iterable[str | Path]) -> None:
    answer = subprocess.run(
        [*arguments, "-qq"], capture_output=True, text=True, timeout=INSTALL_SECONDS
    )
    if answer.returncode != 0:
        raise RuntimeError(f"The clients could not be installed.\n{answer.stdout}{answer.stderr}")
