"""Resolving: what people wait for, with uv and pip, with an empty cache and with a full one."""

import itertools
import os
import subprocess
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.asking import Unexpected
from bench.corpus import requirements
from bench.servers import Running
from bench.stage import Bench, Workload, contest, stage
from bench.table import Bound, Row, Target, compared

SECONDS = 300

_PEERS = ("nginx", "devpi-server", "simple-repository-server", "pypiserver")
_TARGETS = {
    name: Target(bound=Bound.AT_MOST, value=1.15 if name == "nginx" else 1.0) for name in _PEERS
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client of packages, and the commands of it that resolve."""

    name: str
    command: tuple[str, ...]


UV = Client(name="uv", command=("uv", "pip", "compile", "--quiet", "--no-config"))
_PIP_COMMAND = "pip install --quiet --dry-run --ignore-installed --no-input --requirement"
PIP = Client(name="pip", command=tuple(_PIP_COMMAND.split()))


def _resolve(bench: Bench) -> list[Row]:
    rows = []
    with bench.place.scratch() as scratch, stage(bench, scratch, ["graph"], _PEERS) as standing:
        for client, full in itertools.product((UV, PIP), (False, True)):
            measure = partial(_seconds, bench, client, scratch, full=full)
            figures = contest(standing, measure, rounds=bench.long_rounds)
            name = f"resolve, {client.name}, {'warm' if full else 'cold'}"
            rows += compared(name, figures, unit="s", targets=_TARGETS)
    return rows


def _seconds(
    bench: Bench, client: Client, scratch: Path, _name: str, server: Running, *, full: bool
) -> float:
    """How long the client takes to find all projects of the graph, its cache *full* or empty."""
    with TemporaryDirectory(dir=scratch) as cache:
        for _ in range(full):
            _run(bench, client, Path(cache), server)
        began = time.perf_counter()
        _run(bench, client, Path(cache), server)
        return time.perf_counter() - began


def _run(bench: Bench, client: Client, cache: Path, server: Running) -> None:
    wanted = cache / "wanted.in"
    wanted.write_text(requirements(), encoding="utf-8")
    program, *command = client.command
    command = [str(bench.place.environment("uv") / program), *command, str(wanted)]
    command += ["--index-url", server.url + server.simple, "--cache-dir", str(cache / "cache")]
    # Only what stands here: neither client asks another index.
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("PIP_", "UV_"))}
    answer = subprocess.run(
        command,
        env={**kept, "PIP_CONFIG_FILE": os.devnull, "PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    if answer.returncode:
        said = answer.stderr.strip().splitlines() or ["nothing"]
        raise Unexpected(f"{client.name} cannot resolve from it: {said[-1].rstrip('.')}.")


WORKLOADS = (
    Workload(
        name="resolve",
        sentence=(
            "`uv pip compile` and `pip install --dry-run` of a graph of 60 projects with 10 "
            "releases each, with an empty cache and with the one that the same command has left."
        ),
        run=_resolve,
    ),
)
