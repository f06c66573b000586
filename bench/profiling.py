"""Profiles of the server at work: a flame graph each of a hit, a miss and an upload."""

import argparse
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event, Thread

from bench.asking import JSON
from bench.corpus import PAGE, THOUSAND
from bench.load import wrk
from bench.place import ROOT, Missing, Place
from bench.servers import Running
from bench.stage import Bench, stage
from bench.table import OURS
from bench.workloads.misses import miss
from bench.workloads.uploads import upload_one

SECONDS = 8
SAMPLES_PER_SECOND = 250
SHOWN = 15

Go = Callable[[Running, int], object]


def _hit(server: Running, _number: int) -> None:
    wrk(server, server.page(PAGE), seconds=SECONDS, headers=JSON)


def _miss(server: Running, number: int) -> None:
    miss(server, THOUSAND, number)


def _upload(server: Running, number: int) -> None:
    upload_one(server, number)


_WAITING = ("Condition.wait ", "Runner.run ")
"""Where a thread is that has nothing to do."""

PROFILES: dict[str, tuple[str, Go]] = {
    "hit": ("crowd", _hit),
    "miss": (THOUSAND, _miss),
    "upload": ("crowd", _upload),
}


def main() -> int:
    """Draw those that are asked for, or all; the exit code."""
    parser = argparse.ArgumentParser(prog="scripts/profile", description=__doc__)
    parser.add_argument("what", nargs="*", metavar="|".join(PROFILES))
    wanted = parser.parse_args().what or list(PROFILES)
    if unknown := set(wanted) - set(PROFILES):
        parser.error(f"{', '.join(sorted(unknown))}: there are {', '.join(PROFILES)}.")
    place = Place(folder=ROOT / ".bench", quick=True)
    try:
        for name in wanted:
            _draw(place, name)
    except Missing as missing:
        print(missing, file=sys.stderr)
        return 1
    return 0


def _draw(place: Place, name: str) -> None:
    part, go = PROFILES[name]
    folder = place.folder / "profiles"
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(place=place, peers={})
    with place.scratch() as scratch, stage(bench, scratch, [part], ()) as standing:
        server = standing[OURS]
        if isinstance(server, str):
            raise Missing(server)
        with _at_work(server, go):
            _record(place, server, "flamegraph", folder / f"{name}.svg")
            stacks = _record(place, server, "raw", folder / f"{name}.txt")
    print(f"\n{name}: {folder / f'{name}.svg'}")
    for function, share in _most(stacks.read_text(encoding="utf-8")):
        print(f"  {share:5.1%}  {function}")


@contextmanager
def _at_work(server: Running, go: Go) -> Iterator[None]:
    """The server is asked all the while."""
    stop = Event()

    def work() -> None:
        for number in count():
            if stop.is_set():
                return
            go(server, number)

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(2 * SECONDS)


def _record(place: Place, server: Running, form: str, target: Path) -> Path:
    command = [str(place.environment("py-spy") / "py-spy"), "record", "--pid", str(server.pid)]
    command += ["--duration", str(SECONDS), "--rate", str(SAMPLES_PER_SECOND)]
    command += ["--format", form, "--output", str(target)]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise Missing(f"py-spy cannot look into the server: {answer.stderr.strip()[-300:]}")
    return target


def _most(stacks: str) -> list[tuple[str, float]]:
    """The functions that samples ended in most often, each with its share."""
    ended: Counter[str] = Counter()
    for line in stacks.splitlines():
        stack, _, samples = line.rpartition(" ")
        function = stack.rpartition(";")[2]
        if not function.startswith(_WAITING):
            ended[function] += int(samples)
    total = sum(ended.values()) or 1
    return [(function, samples / total) for function, samples in ended.most_common(SHOWN)]


if __name__ == "__main__":
    sys.exit(main())
