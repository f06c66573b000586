"""Who runs which job: a lease that ends by itself, so that a dead holder is taken over."""

from datetime import datetime, timedelta

from sqlalchemy import func, insert, select, update

from storage.database import Transaction
from storage.schema import jobs


def time(tx: Transaction, *, here: datetime) -> datetime:
    """What time it is for all who share the jobs: a clock of one of them may be an hour off.

    By the database's if machines share it, and *here* if all are on this one.
    """
    if tx.dialect.name != "postgresql":
        return here
    now: datetime = tx.execute(select(func.clock_timestamp())).scalar_one()
    return now


def wait(tx: Transaction, name: str, *, every: timedelta, at: datetime) -> timedelta:
    """How long until the job may run: until it is due and nobody has it; none if it may now."""
    row = tx.execute(select(jobs).where(jobs.c.name == name)).first()
    if row is None:
        return timedelta()
    # A run that lies far ahead was noted by a clock that has been set back since.
    since = abs(at - row.last_run_at) if row.last_run_at else every
    return max(every - since, (row.until_at or at) - at, timedelta())


def take(
    tx: Transaction, name: str, *, holder: str, at: datetime, until: datetime, every: timedelta
) -> bool:
    """Whether *holder* has the job from now on: if it is due and nobody else has it."""
    if wait(tx, name, every=every, at=at):
        return False
    lease = {"holder": holder, "until_at": until}
    if not tx.execute(update(jobs).where(jobs.c.name == name).values(lease)).rowcount:
        tx.execute(insert(jobs).values(name=name, **lease))
    return True


def renew(tx: Transaction, name: str, *, holder: str, until: datetime) -> bool:
    """Whether *holder* still has the job, and has it until then."""
    mine = (jobs.c.name == name) & (jobs.c.holder == holder)
    return bool(tx.execute(update(jobs).where(mine).values(until_at=until)).rowcount)


def give_back(tx: Transaction, name: str, *, holder: str, at: datetime) -> None:
    """The job has ended, and anybody may have it when it is due again."""
    mine = (jobs.c.name == name) & (jobs.c.holder == holder)
    tx.execute(update(jobs).where(mine).values(holder=None, until_at=None, last_run_at=at))
