"""Jobs on several servers: one has each at a time, and who dies or stands still is followed."""

import os
import shutil
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from index.sending import due
from storage import outbox
from storage.outbox import Way
from storage.schema import jobs as leases
from tests.kit.mortal import Mortal
from tests.kit.receiving import Hook
from tests.kit.told import SECRET
from tests.kit.working import LEASE_SECONDS, Work, until
from tests.kit.world import World

NODES = 3
AGAIN_SECONDS = 1.0
WATCHED_SECONDS = 5.0
MESSAGES = 60


@dataclass(frozen=True)
class Nodes:
    """Servers that share a database, and what they do."""

    work: Work
    servers: dict[int, Mortal]

    @property
    def holder(self) -> int:
        """Which process is at work."""
        until(lambda: bool(self.work.runs) and self.work.runs[-1][0] == "began")
        return self.work.runs[-1][1]

    def overlaps(self) -> list[tuple[str, int]]:
        """The runs that began before the one before them had ended."""
        return [
            after
            for before, after in pairwise(self.work.runs)
            if (before[0], after[0]) == ("began", "began")
        ]


@pytest.fixture
def ahead() -> tuple[float, ...]:
    """By how many hours each clock is wrong."""
    return (0, 0, 0)


@pytest.fixture
def nodes(
    tmp_path: Path, template: Path, database_url: str, ahead: tuple[float, ...]
) -> Iterator[Nodes]:
    """Three servers: on one machine over SQLite, or with a folder each over PostgreSQL."""
    work, servers = Work(tmp_path), {}
    every = AGAIN_SECONDS if any(ahead) else 0.2
    with ExitStack() as stack:
        for number in range(NODES):
            data = tmp_path / (str(number) if database_url else "data")
            data.mkdir(exist_ok=True)
            if not database_url and not number:
                shutil.copy(template, data / "bascule.sqlite")
            one = work.a_server(
                data, hours_ahead=ahead[number], every_seconds=every, database_url=database_url
            )
            server = stack.enter_context(one)
            assert server.process.pid is not None
            servers[server.process.pid] = server
        yield Nodes(work, servers)


def test_who_is_killed_at_work_is_followed_within_the_lease(nodes: Nodes):
    work = nodes.work
    until(lambda: len(work.runs) > 6)
    assert nodes.overlaps() == []
    work.pause()
    dead = nodes.holder
    nodes.servers[dead].dies()
    died_at, runs = time.monotonic(), len(work.began)

    until(lambda: len(work.began) > runs)

    assert time.monotonic() - died_at < LEASE_SECONDS + 1
    assert nodes.holder != dead
    work.go_on()
    until(lambda: len(work.began) > runs + 5)
    assert dead not in work.began[runs:]
    assert len(nodes.overlaps()) == 1


def test_who_stood_still_at_work_goes_on_without_harm(nodes: Nodes):
    work = nodes.work
    until(lambda: len(work.runs) > 2)
    work.pause()
    still = nodes.holder
    runs, paused = len(work.began), len(work.runs)
    os.kill(still, signal.SIGSTOP)
    try:
        until(lambda: len(work.began) > runs)
        other = nodes.holder
        assert other != still
    finally:
        os.kill(still, signal.SIGCONT)
    until(lambda: "A job was taken over while it ran." in work.log.read_text())
    time.sleep(LEASE_SECONDS + 0.5)  # The other keeps it: nobody else begins.
    assert work.began[runs:] == [other]
    work.go_on()
    until(lambda: len(work.began) > runs + 5)

    assert ("ended", still) in work.runs[paused:]
    assert all(one[0] != two[0] for one, two in pairwise(work.runs[-6:]))


@pytest.mark.on_postgresql
@pytest.mark.parametrize("ahead", [(1, 0, 0), (-1, 0, 0), (1, 0, -1)], ids=str)
def test_a_clock_that_is_an_hour_off_makes_no_job_run_all_the_time_or_never(nodes: Nodes):
    work = nodes.work
    until(lambda: work.began != [])
    runs = len(work.began)

    time.sleep(WATCHED_SECONDS)

    assert 2 <= len(work.began) - runs <= WATCHED_SECONDS / AGAIN_SECONDS
    assert nodes.overlaps() == []


def test_two_nodes_at_once_send_each_message_once(world: World, other: World, hook: Hook):
    queued(world, hook)

    def send(node: World) -> None:
        due.send_due(node.services)

    both = [threading.Thread(target=send, args=(node,)) for node in (world, other)]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert Counter(event["number"] for event in hook.events) == Counter(range(MESSAGES))


def test_the_message_of_a_node_that_died_is_sent_by_another(world: World, other: World, hook: Hook):
    queued(world, hook)
    taken = world.services.database.write_now(outbox.take, at=world.clock())
    assert taken is not None

    due.send_due(other.services)
    assert len(hook.came) == MESSAGES - 1
    world.clock.now += outbox.LEASE
    due.send_due(other.services)

    assert Counter(event["number"] for event in hook.events) == Counter(range(MESSAGES))
    assert world.rows(leases) == {"jobs": []}  # All of this without a lease of the job.


def queued(world: World, hook: Hook) -> None:
    """Many messages to one receiver are due."""
    at = world.clock()
    for number in range(MESSAGES):
        content = {hook.url: {"number": number}}
        world.services.database.write_now(
            outbox.queue, Way.WEBHOOK, content, decision=None, at=at, due_at=at
        )


@pytest.fixture
def settings(request: pytest.FixtureRequest) -> dict[str, object]:
    """An index that sends to the hook, where there is one."""
    if "hook" not in request.fixturenames:
        return {}
    hook: Hook = request.getfixturevalue("hook")
    return {"webhook_urls": (hook.url,), "webhook_secret": SECRET}
