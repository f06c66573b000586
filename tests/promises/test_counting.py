"""What is used of a limit is the number of successes in its window, whatever else happened."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from moderation import accounts, decisions, limits, publishing, undoing
from moderation.deciding import Why
from moderation.terms import Terms, Trial
from storage.database import Database, Transaction
from storage.problems import NotFound
from storage.records import Account, Allowance
from tests.kit.below import submission
from tests.kit.clock import START
from tests.kit.makers import Archive, a_wheel
from tests.kit.placed import migrated

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
NAMES = ("toasting", "crumpets", "butter", "marmalade")
WHEELS = [a_wheel(name, f"{number}.0") for name in NAMES for number in range(3)]
TERMS = Terms(
    new=Allowance(projects_per_day=2, files_per_day=6, files_per_10_minutes=3),
    trial=Trial(account_age=365 * DAY),
)
PASSING = (timedelta(microseconds=1), timedelta(minutes=4), timedelta(minutes=10), 9 * DAY / 24)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("upload"), st.sampled_from(WHEELS)),
        st.tuples(st.just("upload"), st.sampled_from(WHEELS)),
        st.tuples(st.just("pass"), st.sampled_from(PASSING)),
        st.tuples(st.just("hold and undo"), st.sampled_from(WHEELS)),
    ),
    max_size=30,
)


@dataclass
class Expected:
    """When each file and each project got in."""

    files: dict[str, datetime] = field(default_factory=dict)
    projects: dict[str, datetime] = field(default_factory=dict)

    def used(self, now: datetime) -> dict[str, int]:
        """What counts at that moment."""
        return {
            "projects_per_day": sum(at > now - DAY for at in self.projects.values()),
            "files_per_day": sum(at > now - DAY for at in self.files.values()),
            "files_per_10_minutes": sum(
                at > now - timedelta(minutes=10) for at in self.files.values()
            ),
        }

    def takes(self, wheel: Archive, now: datetime) -> bool:
        """Whether the wheel is here already, or there is room for it."""
        used = self.used(now)
        if wheel.name in self.projects:
            del used["projects_per_day"]
        has_room = all(used[name] < getattr(TERMS.new, name) for name in used)
        return has_room or wheel.filename in self.files


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """An index without accounts."""
    database = Database(f"sqlite:///{migrated(tmp_path_factory.mktemp('rows'))}")
    yield database
    database.close()


@settings(deadline=None)
@given(steps=STEPS)
def test_what_is_used_is_what_succeeded_in_the_window(database: Database, steps):
    database.rehearse_now(_lived, steps)


def _lived(tx: Transaction, steps) -> None:
    account = accounts.register(
        tx, name="dan", email=None, password_hash=None, by="operator:test", at=START
    )
    now, expected = START, Expected()
    for act, what in steps:
        if act == "pass":
            now += what
        elif act == "hold and undo":
            _hold_and_undo(tx, what, now)
        elif wait := _wait_for(tx, account, what, now):
            assert not expected.takes(what, now + wait - SECOND)
            assert expected.takes(what, now + wait)
        else:
            assert expected.takes(what, now)
            expected.files.setdefault(what.filename, now)
            expected.projects.setdefault(what.name, now)
        usage = limits.usage(tx, account, terms=TERMS, at=now)
        assert {each.counted.name: each.used for each in usage} == expected.used(now)


def _wait_for(tx: Transaction, account: Account, wheel: Archive, now: datetime) -> timedelta:
    """How long the upload has to wait; it does not if it got in."""
    try:
        publishing.publish(tx, submission(wheel), account, None, terms=TERMS, at=now)
    except limits.UsedUp as problem:
        return problem.retry_after_seconds * SECOND
    return timedelta(0)


def _hold_and_undo(tx: Transaction, wheel: Archive, now: datetime) -> None:
    why = Why(by="account:bea", at=now, reason="Because.")
    try:
        held = decisions.hold(tx, [f"file:{wheel.filename}"], why=why)
    except NotFound:
        return
    undoing.undo(tx, held.id, why=why)
