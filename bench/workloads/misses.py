"""Misses: the first answer for a page after a change of its project."""

from collections.abc import Callable

from bench.asking import JSON, Connection
from bench.corpus import TEN_THOUSAND, THOUSAND
from bench.peers import ours
from bench.servers import Running
from bench.stage import Bench, Workload, contest, stage
from bench.table import OURS, Bound, Row, Target, compared, limited

TRIES = 10
TRIES_QUICK = 2
LIMITS_MS = {THOUSAND: 15, TEN_THOUSAND: 120}

_PEERS = ("devpi-server", "simple-repository-server", "pypiserver")
_FASTER = dict.fromkeys(_PEERS, Target(bound=Bound.FASTER, value=8))


def _missed(name: str, project: str) -> Callable[[Bench], list[Row]]:
    def run(bench: Bench) -> list[Row]:
        tries = TRIES_QUICK if bench.place.quick else TRIES

        def measure(contender: str, server: Running) -> float:
            return milliseconds(server, project, tries=tries, changes=contender == OURS)

        with (
            bench.place.scratch() as scratch,
            stage(bench, scratch, [project], _PEERS) as standing,
        ):
            figures = contest(standing, measure)
        limit = limited(name, figures[OURS], unit="ms", at_most=LIMITS_MS[project])
        return [limit, *compared(name, figures, unit="ms", targets=_FASTER)]

    return run


def milliseconds(server: Running, project: str, *, tries: int, changes: bool) -> float:
    """The middle one of some answers, each of them after a change if this server caches."""
    taken = []
    with Connection(server) as asking, Connection(server) as changing:
        asking.ask("GET", server.page(project), headers=JSON)
        for number in range(tries):
            if changes:
                _yank_or_unyank(changing, project, number)
            taken.append(asking.ask("GET", server.page(project), headers=JSON).seconds)
    return sorted(taken)[len(taken) // 2] * 1000


def miss(server: Running, project: str, number: int) -> None:
    """Change a project, and ask for its page."""
    with Connection(server) as connection:
        _yank_or_unyank(connection, project, number)
        connection.ask("GET", server.page(project), headers=JSON)


def _yank_or_unyank(connection: Connection, project: str, number: int) -> None:
    path = f"/api/projects/{project}/releases/0.1/yank"
    if number % 2:
        connection.ask("DELETE", path, headers=ours.UPLOADS, expected=(200, 204))
    else:
        connection.tell("POST", path, {"reason": "Measured."}, headers=ours.UPLOADS)


WORKLOADS = tuple(
    Workload(
        name=f"miss-{number}",
        sentence=(
            f"The JSON page of a project of {number:,} files, 10 to a release, asked for over an "
            "open connection after its release 0.1 was yanked or unyanked through the API; "
            "the peers make the page each time, so theirs is their ordinary answer."
        ),
        run=_missed(f"miss-{number}", project),
    )
    for project, number in ((THOUSAND, 1_000), (TEN_THOUSAND, 10_000))
)
