"""Sizes: what a page costs among many holds and many files, and how much memory a worker takes."""

import statistics
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from bench.asking import JSON
from bench.corpus import PAGE, part
from bench.growing import grow, hold
from bench.load import wrk
from bench.peers import ours
from bench.peers.filling import prepared
from bench.place import clone
from bench.servers import Running, family, resident_bytes
from bench.stage import Bench, Workload, contest
from bench.table import OURS, Bound, Row, Target, compared, limited
from bench.turns import ROUNDS

HOLDS = 100_000
FILES = 1_000_000
QUICK_PART = 100
"""The quick benchmark has only one in so many."""

MEMORY_MB = 200
START_SECONDS = 2

_WITHOUT = "the same without"
_TARGETS = {_WITHOUT: Target(bound=Bound.AT_LEAST, value=0.95)}


def _grown(name: str, change: Callable[[Path, int], None]) -> Callable[[Bench], list[Row]]:
    def run(bench: Bench) -> list[Row]:
        with bench.place.scratch() as scratch, ExitStack() as stack:
            source = prepared(bench.place, [part("crowd", quick=bench.place.quick)])
            few, many = clone(source, scratch / "few"), clone(source, scratch / "many")
            change(many, QUICK_PART if bench.place.quick else 1)
            standing = {
                _WITHOUT: stack.enter_context(ours.over(few)),
                OURS: stack.enter_context(ours.over(many)),
            }
            figures = contest(standing, lambda _name, server: _rate(bench, server))
            memory = max(map(resident_bytes, family(standing[OURS].pid))) / 1e6
            began = statistics.median(_start_seconds(many) for _ in range(ROUNDS))
        return [
            *compared(name, figures, unit="/s", targets=_TARGETS),
            limited(f"{name}, memory", memory, unit="MB", at_most=MEMORY_MB),
            limited(f"{name}, start", began, unit="s", at_most=START_SECONDS),
        ]

    return run


def _start_seconds(folder: Path) -> float:
    with ours.over(folder) as server:
        return server.start_seconds


def _rate(bench: Bench, server: Running) -> float:
    return wrk(server, server.page(PAGE), seconds=bench.seconds, headers=JSON).per_second


def _with_holds(folder: Path, divisor: int) -> None:
    hold(folder, holds=HOLDS // divisor, except_project=PAGE)


def _with_files(folder: Path, divisor: int) -> None:
    grow(folder, projects=FILES // divisor // 10, files_each=10)


WORKLOADS = (
    Workload(
        name="holds-100k",
        sentence=(
            "The JSON page of a project of 10 files while 100,000 holds are in force on files of "
            "other projects; the largest resident memory of any of our processes; and how long a "
            "start takes, from the command to its being ready."
        ),
        run=_grown("holds-100k", _with_holds),
    ),
    Workload(
        name="files-1m",
        sentence="The same with 1,000,000 more files in the index, of 100,000 projects.",
        run=_grown("files-1m", _with_files),
    ),
)
