"""Jobs that run beside the server: each when it is due, by one worker of all at a time."""

import secrets
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import anyio
import structlog
from anyio import CapacityLimiter, to_thread

from index import checkpoints, errors, expiring, tidying
from index.sending import due, purging
from index.services import Services
from storage import jobs
from storage.database import Transaction
from storage.problems import Conflict, Problem

LEASE_SECONDS = 60
"""How long after its holder died a job may be taken over."""

RENEWALS = 4
"""How often in each lease a holder at work says so."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """Something to do from time to time: so many seconds after it ended, well or not.

    It runs in a thread of its own. A stop of the server waits until it has ended, so it should take
    seconds, or look at `services.stopping`, and leave what is left to the next time.
    """

    name: str
    every_seconds: float
    run: Callable[[Services], None]
    is_wanted: Callable[[Services], bool] = lambda _services: True
    """Whether there is anything to do: asked by every worker, before any takes the job."""
    lease_seconds: float = LEASE_SECONDS
    after_failure_seconds: float = 0
    """How long it waits at least when it has failed: the log has a line each time."""


_DAY_SECONDS = 86_400

JOBS: tuple[Job, ...] = (
    Job(name="checkpoint", every_seconds=3600, run=checkpoints.make_if_wanted),
    Job(name="expiry", every_seconds=15, run=expiring.explain, is_wanted=expiring.is_wanted),
    Job(name="forget", every_seconds=_DAY_SECONDS, run=tidying.forget),
    Job(name="outbox", every_seconds=15, run=due.send_due),
    Job(
        name="purge",
        every_seconds=1,
        run=purging.purge,
        is_wanted=purging.is_wanted,
        after_failure_seconds=15,
    ),
    Job(name="sweep", every_seconds=_DAY_SECONDS, run=tidying.sweep, is_wanted=tidying.may_sweep),
)
"""Every job of the server."""


@asynccontextmanager
async def running(services: Services, todo: Sequence[Job]) -> AsyncIterator[None]:
    """Meanwhile each job runs whenever it is due and nobody else has it; afterwards none does.

    What a job raises is logged, and it is tried again when it is due again.
    """
    limiter = CapacityLimiter(max(1, len(todo)))
    async with anyio.create_task_group() as tasks:
        for job in todo:
            tasks.start_soon(_follow, services, job, limiter)
        yield
        services.stopping.set()
        tasks.cancel_scope.cancel()


def run_now(services: Services, job: Job) -> None:
    """Run the job whether it is due or not. Raises what it raises, and Conflict if it runs now."""
    if not _run(services, job, every=timedelta()):
        raise Conflict(f"The job {job.name} is running already.")


async def _follow(services: Services, job: Job, limiter: CapacityLimiter) -> None:
    while True:
        seconds = await to_thread.run_sync(_turn, services, job, limiter=limiter)
        await anyio.sleep(seconds)


def _turn(services: Services, job: Job) -> float:
    """Run the job if it is due; how many seconds to wait before the next look."""
    every = timedelta(seconds=job.every_seconds)
    wait = every

    def ask(tx: Transaction) -> timedelta:
        return jobs.wait(tx, job.name, every=every, at=_time(tx, services))

    try:
        if job.is_wanted(services):
            wait = services.database.read_now(ask)
            if not wait:
                wait = every
                _run(services, job, every=every)
    except Exception as error:
        problem = errors.told(error)
        if problem is None:
            log.exception("A job failed.", job=job.name)
        else:
            log.error(errors.in_a_line(problem), job=job.name)
        wait = max(wait, timedelta(seconds=job.after_failure_seconds))
    # Sooner than it is due, should the clock be set back or whoever has it die.
    return min(wait.total_seconds(), job.lease_seconds)


def _run(services: Services, job: Job, *, every: timedelta) -> bool:
    """Whether the job was free and has run."""
    holder, database = secrets.token_hex(16), services.database

    def take(tx: Transaction) -> bool:
        # The time at which the lock was had: whoever had it before may have ended since we looked.
        now = _time(tx, services)
        until = now + timedelta(seconds=job.lease_seconds)
        return jobs.take(tx, job.name, holder=holder, at=now, until=until, every=every)

    def give_back(tx: Transaction) -> None:
        jobs.give_back(tx, job.name, holder=holder, at=_time(tx, services))

    if not database.write_now(take):
        return False
    try:
        with _renewing(services, job, holder):
            job.run(services)
    finally:
        database.write_now(give_back)
    return True


@contextmanager
def _renewing(services: Services, job: Job, holder: str) -> Iterator[None]:
    """Meanwhile the lease does not end, however long the job takes."""
    ended = threading.Event()

    def renew(tx: Transaction) -> bool:
        until = _time(tx, services) + timedelta(seconds=job.lease_seconds)
        return jobs.renew(tx, job.name, holder=holder, until=until)

    def go_on() -> None:
        while not ended.wait(job.lease_seconds / RENEWALS):
            try:
                if not services.database.write_now(renew):
                    log.error("A job was taken over while it ran.", job=job.name)
            except Problem as problem:
                log.warning(problem.message, job=job.name)

    thread = threading.Thread(target=go_on, name=f"lease of {job.name}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def _time(tx: Transaction, services: Services) -> datetime:
    return jobs.time(tx, here=services.now())
