"""The command: `scripts/bench [--only WORKLOAD,...] [--against PEER,...] [--quick]`."""

import argparse
import signal
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType

from bench import document, results
from bench.peers.devpi import DEVPI
from bench.peers.folders import PEERS as FOLDERS
from bench.peers.nginx import NGINX
from bench.place import ROOT, Missing, Place
from bench.stage import Bench, Workload
from bench.table import OURS, Row, as_text
from bench.turns import FAULTS, sentence
from bench.workloads import ALL

PEERS = {peer.name: peer for peer in (NGINX, DEVPI, *FOLDERS)}


def main(arguments: Sequence[str]) -> int:
    """Measure what was asked for, print the table, write the page; the exit code."""
    asked = _parser().parse_args(arguments)
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    place = Place(folder=asked.folder.absolute(), quick=asked.quick)
    bench = Bench(place=place, peers={name: PEERS[name] for name in asked.against})
    versions = {} if place.quick else _versions(bench)
    rows: list[Row] = []
    for workload in (each for each in ALL if each.name in asked.only):
        print(f"{workload.name}: {workload.sentence}", file=sys.stderr)
        rows += (found := _run(bench, workload))
        print(as_text(found), file=sys.stderr)
        results.keep(place, workload.name, found)
        if not place.quick:
            document.write(place, versions)
    print(as_text(rows), end="")
    if place.quick:
        print("This was quick, so docs/benchmarks.md stays as it is.", file=sys.stderr)
    return 0


def _run(bench: Bench, workload: Workload) -> list[Row]:
    try:
        return workload.run(bench)
    except FAULTS as fault:
        return [Row(workload=workload.name, ours=sentence(fault), peer="—", theirs="—")]


def _versions(bench: Bench) -> dict[str, str]:
    found = {}
    for name, peer in bench.peers.items():
        try:
            found[name] = peer.version(bench.place)
        except Missing:
            continue
    return found


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/bench", description=f"Measure {OURS}.")
    names = [each.name for each in ALL]
    parser.add_argument("--only", type=_choices(names), default=names, help=", ".join(names))
    parser.add_argument(
        "--against", type=_choices(list(PEERS)), default=list(PEERS), help=", ".join(PEERS)
    )
    parser.add_argument("--quick", action="store_true", help="smaller and shorter, for a look")
    parser.add_argument(
        "--folder", type=Path, default=ROOT / ".bench", help="where everything is kept"
    )
    return parser


def _choices(known: Sequence[str]) -> Callable[[str], list[str]]:
    def read(text: str) -> list[str]:
        chosen = [each.strip() for each in text.split(",") if each.strip()]
        if strangers := [each for each in chosen if each not in known]:
            raise argparse.ArgumentTypeError(f"{', '.join(strangers)}: not one of {known}")
        return chosen

    return read


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # As Ctrl-C does: every context ends, and with it every server.
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped; every server that was started is gone.")
