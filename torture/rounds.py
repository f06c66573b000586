"""One round: everybody is at work, something breaks, it is mended, and then all must be true."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import timedelta
from random import Random
from threading import Event

from index.app import compose
from index.cli import checks
from index.settings import Settings
from storage import files, sweeping
from storage.records import Digest
from torture.asking import Asking
from torture.faults import Fault
from torture.owning import Owner
from torture.site import Site

BEFORE_SECONDS = 0.4
AFTER_SECONDS = 0.2
READY_SECONDS = 60


def play(site: Site, owners: Sequence[Owner], fault: Fault, chances: Random) -> list[str]:
    """What was or is not as it has to be, in sentences."""
    stop = Event()
    with ThreadPoolExecutor(len(owners)) as threads:
        at_work = [threads.submit(owner.acts_until, stop) for owner in owners]
        try:
            time.sleep(chances.uniform(0, BEFORE_SECONDS))
            fault(site, chances)
            time.sleep(AFTER_SECONDS)
        finally:
            stop.set()
        for each in at_work:
            each.result()
        found = _unready(site)
        for each in [threads.submit(owner.settles) for owner in owners]:
            each.result()
        for looked in [threads.submit(_look, site, owner) for owner in owners]:
            found += looked.result()
    for owner in owners:
        found += owner.found()
    return found + _unsound(site)


def _unready(site: Site) -> list[str]:
    """Those servers that do not become ready again."""
    with closing(Asking()) as asking:
        until = time.monotonic() + READY_SECONDS
        for node in site.nodes:
            while (said := asking.ask(node.url, "GET", "/readyz")) is None or said.status != 200:
                if time.monotonic() > until:
                    return [f"A server does not become ready again: {said}"]
                time.sleep(0.02)
    return []


def _look(site: Site, owner: Owner) -> list[str]:
    """What is wrong with what the servers say of each file, one server or another of each."""
    return [
        fault
        for number, known in enumerate(owner.files)
        for fault in owner.looks(site.nodes[number % len(site.nodes)].url, known)
    ] + [fault for node in site.nodes for fault in owner.looks(node.url, owner.files[-1])]


def _unsound(site: Site) -> list[str]:
    """What `bascule check` finds, and bytes that a sweep leaves without a row."""
    services = compose(Settings(data=site.folder, **site.backing.settings))
    with closing(services.database):
        found = list(checks.faults(services, found_of=checks.read))
        at = services.now() + timedelta(days=2)  # What a store has just taken is spared for a day.
        sweeping.sweep(services.database, services.blobs, at=at)
        left = list(services.blobs.digests())
        orphans: Sequence[Digest] = services.database.read_now(files.unreferenced, left)
        return found + [f"The blob {each} has no row, and a sweep left it." for each in orphans]
