"""Workers: what a second one costs, and how soon a decision is in force on all of four."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial

from bench.asking import JSON, Connection, Unexpected, get
from bench.corpus import PAGE, part
from bench.load import wrk
from bench.peers import ours
from bench.place import Missing
from bench.servers import Running, cpu_seconds
from bench.stage import Bench, Workload, contest, stage
from bench.table import OURS, Bound, Row, Target, compared, limited

DECISIONS = 100
DECISIONS_QUICK = 10
GONE_MS = 100
ASKING_AT_A_TIME = 8
FRESH_CONNECTIONS = 40

_ONE = "1 worker"
_TARGETS = {_ONE: Target(bound=Bound.AT_MOST, value=1.1)}
_FAR_TOO_LONG_SECONDS = 30


def _cost(bench: Bench) -> list[Row]:
    with bench.place.scratch() as scratch, ExitStack() as stack:
        standing = {
            name: stack.enter_context(stage(bench, scratch, ["crowd"], (), workers=workers))[OURS]
            for name, workers in ((_ONE, 1), (OURS, 2))
        }
        figures = contest(standing, partial(_microseconds, bench))
    return compared("workers-cpu", figures, unit="µs", targets=_TARGETS)


def _microseconds(bench: Bench, _name: str, server: Running) -> float:
    """How much time of any core the server has for one page."""
    before = cpu_seconds(server.pid)
    measured = wrk(server, server.page(PAGE), seconds=bench.seconds, headers=JSON)
    return (cpu_seconds(server.pid) - before) / measured.requests * 1e6


def _gone(bench: Bench) -> list[Row]:
    with (
        bench.place.scratch() as scratch,
        stage(bench, scratch, ["crowd"], (), workers=4) as standing,
    ):
        server = standing[OURS]
        if isinstance(server, str):
            raise Missing(server)
        p99 = 1000 * gone_seconds([server], held(bench), count=decisions(bench))
    return [limited("gone-4-workers, p99", p99, unit="ms", at_most=GONE_MS)]


def held(bench: Bench) -> str:
    """The file that is held and shown again."""
    return next(part("crowd", quick=bench.place.quick).projects[PAGE]()).filename


def decisions(bench: Bench) -> int:
    """How often."""
    return DECISIONS_QUICK if bench.place.quick else DECISIONS


def gone_seconds(servers: Sequence[Running], filename: str, *, count: int) -> float:
    """How long after a decision was sent to the first the last page of any still has the file.

    The 99th percentile of so many decisions; at least as long as their answers took.
    """
    if not all(_shown(server, filename) for server in servers):
        raise Unexpected("The file that is to be held is not listed to begin with.")
    with ThreadPoolExecutor(ASKING_AT_A_TIME) as pool, Connection(servers[0]) as deciding:
        taken = sorted(_until_gone(servers, deciding, filename, pool) for _ in range(count))
    return taken[min(len(taken) - 1, int(len(taken) * 0.99))]


def _until_gone(
    servers: Sequence[Running], deciding: Connection, filename: str, pool: ThreadPoolExecutor
) -> float:
    """Hold the file, and say how long it took until the last answer that still had it."""
    began = time.perf_counter()
    wanted = {"act": "hold", "subjects": [f"file:{filename}"], "reason": "Measured."}
    path = "/api/moderation/decisions"
    answer = deciding.tell("POST", path, wanted, headers=ours.DECIDES)
    gone = time.perf_counter()
    asked = [servers[number % len(servers)] for number in range(FRESH_CONNECTIONS)]
    while stale := [at for at in pool.map(partial(_shown, filename=filename), asked) if at]:
        gone = max(stale)
        if gone - began > _FAR_TOO_LONG_SECONDS:
            raise Unexpected("A file that is held is still listed after 30 seconds.")
    number = json.loads(answer.body)["decision"]["id"]
    deciding.tell("POST", f"{path}/{number}/undo", {"reason": "Measured."}, headers=ours.DECIDES)
    return gone - began


def _shown(server: Running, filename: str) -> float:
    """When an answer came that lists the file; 0 if it does not."""
    answer = get(server, server.page(PAGE), JSON)
    return time.perf_counter() if f'"{filename}"'.encode() in answer.body else 0.0


WORKLOADS = (
    Workload(
        name="workers-cpu",
        sentence=(
            "How much time of a core the server, all of its processes, takes for one hit of the "
            "JSON page with 2 workers, against 1: from `/proc`, because wrk shares the machine."
        ),
        run=_cost,
    ),
    Workload(
        name="gone-4-workers",
        sentence=(
            "From sending the decision that holds a file until its answer is here and the last "
            "page that still lists it, whichever is later, with 4 workers and "
            f"{FRESH_CONNECTIONS} fresh connections at a time; the 99th percentile of 100."
        ),
        run=_gone,
    ),
)
