"""The stage: every contender of a workload, started with the same files, and asked in turn."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench.corpus import part
from bench.peers import Peer, ours
from bench.place import Missing, Place
from bench.servers import Running
from bench.table import OURS, Row
from bench.turns import FAULTS, ROUNDS, in_turn, sentence

SECONDS = 4
SECONDS_QUICK = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a workload is run with."""

    place: Place
    peers: Mapping[str, Peer]
    """Those that were asked for, by name."""

    @property
    def seconds(self) -> int:
        """How long one go of load lasts."""
        return SECONDS_QUICK if self.place.quick else SECONDS

    @property
    def long_rounds(self) -> int:
        """How many rounds there are of what takes long by itself."""
        return 1 if self.place.quick else ROUNDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """Something that is measured: its name, how, and the function that does it."""

    name: str
    sentence: str
    run: Callable[[Bench], list[Row]]


Standing = Mapping[str, Running | str]
"""The contenders that run, or for one that cannot, the sentence that says why."""


@contextmanager
def stage(
    bench: Bench,
    scratch: Path,
    parts: Sequence[str],
    peers: Sequence[str],
    *,
    workers: int = 1,
    settings: Mapping[str, str] | None = None,
) -> Iterator[Standing]:
    """Those of *peers* that were asked for, and ours last, over these parts of the corpus."""
    files = [part(name, quick=bench.place.quick) for name in parts]
    serves = {name: bench.peers[name].serve for name in peers if name in bench.peers}
    standing: dict[str, Running | str] = {}
    serves[OURS] = partial(ours.serve, workers=workers, settings=settings)
    with ExitStack() as stack:
        for name, serve in serves.items():
            try:
                standing[name] = stack.enter_context(serve(bench.place, scratch, files))
            except FAULTS as fault:
                standing[name] = sentence(fault)
        yield standing


def contest(
    standing: Standing, measure: Callable[[str, Running], float], *, rounds: int = ROUNDS
) -> dict[str, float | str]:
    """The median of what *measure* finds at each contender, asked A B A B."""
    return in_turn(asked(standing, measure), rounds=rounds)


def asked(
    standing: Standing, measure: Callable[[str, Running], float]
) -> dict[str, Callable[[], float]]:
    """What *measure* finds at each contender, to be called in turn. Raises Missing when called."""

    def measured(name: str, server: Running | str) -> float:
        if isinstance(server, str):
            raise Missing(server)
        return measure(name, server)

    return {name: partial(measured, name, server) for name, server in standing.items()}
