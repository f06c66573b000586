"""The command: `scripts/torture [--rounds N] [--seconds S] [--seed N] [--only FAULT,...]`."""

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from random import Random, SystemRandom
from tempfile import mkdtemp
from types import FrameType

from torture.backings import Backings, apart
from torture.clock import Clock, a_clock
from torture.faults import FAULTS, FAULTS_APART
from torture.owning import Owner
from torture.rounds import play
from torture.site import a_site
from torture.steady import work

OWNERS = 4
ALL = {**FAULTS, **FAULTS_APART}
ROUNDS_OF_A_SITE = 25
"""Then everything begins anew, so that a late round takes no longer than an early one."""


def main(arguments: Sequence[str]) -> int:
    """Play the rounds; the exit code is 1 if anything was not as it has to be."""
    asked = _parser().parse_args(arguments)
    for each in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, _stop)
    scratch = Path(mkdtemp(prefix="torture-"))
    backings = apart(scratch) if asked.apart else nullcontext(Backings())
    with backings as theirs, a_clock(scratch) as clock:
        if asked.steady:
            return _work(asked, scratch, clock, theirs)
        return _torture(asked, scratch, clock, theirs)


def _work(asked: argparse.Namespace, scratch: Path, clock: Clock, backings: Backings) -> int:
    own, count = scratch / "site", {"nodes": asked.nodes, "owners": OWNERS}
    with backings.one() as backing, a_site(own, clock, backing, **count) as site:
        owners = [Owner(site, name, Random(f"{asked.seed} {name}")) for name in site.owners]
        found = work(site, owners, seconds=60 * asked.steady)
        print(f"{sum(owner.acts for owner in owners):,} acts.")
    return _tell(found, asked.seed, scratch) if found else 0


def _torture(asked: argparse.Namespace, scratch: Path, clock: Clock, backings: Backings) -> int:
    began, seed, played, acts = time.monotonic(), asked.seed, 0, 0
    faults = asked.only or [*FAULTS, *(FAULTS_APART if asked.apart else ())]

    def is_over() -> bool:
        return bool(played >= asked.rounds or time.monotonic() - began >= asked.seconds)

    while not is_over():
        chances = Random(seed)
        own, count = scratch / f"site-{seed}", {"nodes": asked.nodes, "owners": OWNERS}
        with backings.one() as backing, a_site(own, clock, backing, **count) as site:
            owners = [Owner(site, name, Random(f"{seed} {name}")) for name in site.owners]
            print(f"A new site, of the seed {seed}.", flush=True)
            for number in range(ROUNDS_OF_A_SITE):
                fault, at = chances.choice(faults), time.monotonic()
                found = play(site, owners, ALL[fault], chances)
                played += 1
                taken = f"{sum(owner.acts for owner in owners):,} acts so far, "
                taken += f"{time.monotonic() - at:.1f} s"
                print(f"Round {number} of {seed}: {fault}; {taken}.", flush=True)
                if found:
                    return _tell(found, seed, scratch)
                if is_over():
                    break
            acts += sum(owner.acts for owner in owners)
        seed += 1
    minutes = (time.monotonic() - began) / 60
    print(f"{played} rounds with {acts:,} acts in {minutes:.1f} min: nothing was lost or untrue.")
    shutil.rmtree(scratch)
    return 0


def _tell(found: Sequence[str], seed: int, scratch: Path) -> int:
    for sentence in found:
        print(f"VIOLATION: {sentence}")
    print(f"Again: scripts/torture --seed {seed}. What the servers said is in {scratch}.")
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/torture", description=__doc__)
    parser.add_argument("--rounds", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--seed", type=int, default=SystemRandom().randrange(1_000_000))
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument(
        "--apart", action="store_true", help="over PostgreSQL and an object store, not one folder"
    )
    parser.add_argument(
        "--steady", type=float, metavar="MINUTES", help="break nothing, and see whether it grows"
    )
    parser.add_argument("--only", type=_faults, help=", ".join(ALL))
    return parser


def _faults(text: str) -> list[str]:
    chosen = [each.strip() for each in text.split(",") if each.strip()]
    if strangers := [each for each in chosen if each not in ALL]:
        raise argparse.ArgumentTypeError(f"{', '.join(strangers)}: not one of {', '.join(ALL)}")
    return chosen


def _stop(_signal: int, _frame: FrameType | None) -> None:
    # As Ctrl-C does: every context ends, and with it every server and the small disk.
    raise KeyboardInterrupt


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit("Stopped; every server that was started is gone.")
