"""Jobs beside the server: each by one at a time, taken over from the dead, and never its end."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from starlette.testclient import TestClient

from index import background
from index.app import assemble, compose
from index.background import LEASE_SECONDS, Job
from index.services import Services
from index.settings import LogFormat
from storage import jobs
from storage.database import Transaction
from storage.problems import Conflict, Unavailable
from storage.schema import jobs as leases
from tests.kit.logged import entries, log_of
from tests.kit.world import World

PATIENCE_SECONDS = 20


def a_job(run: Callable[[Services], None], every_seconds: float = 0.02) -> Job:
    """A job that is due again and again."""
    return Job(name="toast", every_seconds=every_seconds, run=run)


@contextmanager
def workers(world: World, job: Job, count: int) -> Iterator[None]:
    """So many workers on one database, whose clocks differ a little, as those of machines do."""
    one = replace(compose(world.services.settings), now=time_now(world))
    if count == 0:
        one.database.close()
        yield
        return
    with TestClient(assemble(one, jobs=(job,))), workers(world, job, count - 1):
        yield


def time_now(world: World) -> Callable[[], object]:
    """The clock of a world, which goes."""
    began = time.monotonic()
    return lambda: world.clock.now + timedelta(seconds=time.monotonic() - began)


def until(done: Callable[[], bool]) -> None:
    """Wait for it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_four_workers_run_a_job_again_and_again_but_never_twice_at_once(world: World):
    alone, runs, overlaps = threading.Lock(), [], []

    def run(_services: Services) -> None:
        overlaps.append(not alone.acquire(blocking=False))
        time.sleep(0.02)
        runs.append(threading.get_ident())
        alone.release()

    with workers(world, a_job(run), 4):
        until(lambda: len(runs) >= 10)

    assert not any(overlaps)
    count = len(runs)
    time.sleep(0.1)
    assert len(runs) == count


def test_a_failure_is_told_in_the_log_and_the_next_time_comes(world: World):
    runs: list[int] = []

    def run(_services: Services) -> None:
        runs.append(1)
        if len(runs) == 1:
            raise Unavailable("The oven is cold.", hint="Wait.")
        if len(runs) == 2:
            raise KeyError("a bug")

    with log_of(LogFormat.JSON) as log, workers(world, a_job(run), 1):
        until(lambda: len(runs) >= 3)

    first, second = [line for line in entries(log) if line["level"] == "error"]
    assert first == {"event": "The oven is cold. Wait.", "job": "toast", "level": "error"}
    assert (second["event"], second["job"]) == ("A job failed.", "toast")
    assert "KeyError: 'a bug'" in second["exception"]


def test_a_stop_waits_until_the_job_has_ended(world: World):
    began, ended = threading.Event(), []

    def run(_services: Services) -> None:
        began.set()
        time.sleep(0.2)
        ended.append(1)

    with workers(world, a_job(run, every_seconds=60), 1):
        began.wait(PATIENCE_SECONDS)

    assert ended == [1]
    assert [row[1:3] for row in world.rows(leases)["jobs"]] == [(None, None)]


def test_who_dies_at_work_is_followed_when_the_lease_has_ended(world: World):
    runs: list[int] = []
    job, services = a_job(lambda _services: runs.append(1)), world.services

    def take(tx: Transaction) -> bool:
        now = jobs.time(tx, here=world.clock())
        until = now + timedelta(seconds=LEASE_SECONDS)
        return jobs.take(tx, job.name, holder="dead", at=now, until=until, every=timedelta())

    def pass_by(tx: Transaction) -> bool:
        now = jobs.time(tx, here=world.clock())
        return jobs.renew(tx, job.name, holder="dead", until=now)

    assert services.database.write_now(take)

    with pytest.raises(Conflict) as caught:
        background.run_now(services, job)
    assert caught.value.message == "The job toast is running already."
    assert services.database.write_now(pass_by)
    background.run_now(services, job)

    assert runs == [1]


def test_what_a_job_run_by_hand_raises_is_raised(world: World):
    def run(_services: Services) -> None:
        raise Unavailable("The oven is cold.")

    for _ in range(2):
        with pytest.raises(Unavailable):
            background.run_now(world.services, a_job(run))


def test_a_holder_at_work_keeps_the_job(world: World):
    database, at = world.services.database, world.clock()
    late = at + timedelta(seconds=90)
    database.write_now(jobs.take, "toast", holder="ann", at=at, until=at, every=timedelta())

    assert database.write_now(jobs.renew, "toast", holder="ann", until=late)
    assert not database.write_now(jobs.renew, "toast", holder="bob", until=late)
    assert database.read_now(jobs.wait, "toast", every=timedelta(), at=at) == timedelta(seconds=90)
    database.write_now(jobs.give_back, "toast", holder="bob", at=at)
    assert database.read_now(jobs.wait, "toast", every=timedelta(), at=at) == timedelta(seconds=90)
    assert database.read_now(jobs.wait, "toast", every=timedelta(), at=late) == timedelta()


def test_a_job_is_due_so_long_after_its_end_and_at_once_when_the_clock_was_set_back(world: World):
    database, at, free = world.services.database, world.clock(), timedelta()
    database.write_now(jobs.take, "toast", holder="ann", at=at, until=at, every=free)
    database.write_now(jobs.give_back, "toast", holder="ann", at=at)

    def wait(**since: float) -> timedelta:
        at, every = world.clock() + timedelta(**since), timedelta(hours=1)
        return world.asks_rows(jobs.wait, "toast", every=every, at=at)

    assert wait(minutes=20) == timedelta(minutes=40)
    assert wait(minutes=60) == wait(days=-30) == timedelta()


def test_a_world_runs_no_job_by_itself(world: World):
    assert world.rows(leases) == {"jobs": []}


def test_workers_that_start_together_run_what_is_due_once(world: World):
    runs: list[int] = []

    with workers(world, a_job(lambda _services: runs.append(1), every_seconds=3600), 4):
        until(lambda: runs != [])
        time.sleep(0.2)

    assert runs == [1]
