"""Law 2: undoing decisions, in any order, leaves the world in which they were never made."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import given, settings

from moderation import accounts, publishing
from storage import decisions, journal
from storage.database import Database, Transaction
from storage.records import Scope
from tests.kit.below import QUOTA, Below, submission
from tests.kit.histories import (
    DAY,
    FILES,
    HOUR,
    UPLOADERS,
    Step,
    histories,
    lived,
    lived_without,
)
from tests.kit.observing import below, domain_rows, permissions
from tests.kit.world import START, migrated

STEPS = 40
HISTORIES = 2 * settings.default.max_examples
"""200; with ``--hypothesis-profile=deep`` 10,000."""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Two uploaders with a token each, and a project of each with a release."""
    database = Database(f"sqlite:///{migrated(tmp_path_factory.mktemp('rows'))}")
    database.write_now(_begin)
    yield database
    database.close()


@settings(max_examples=HISTORIES, deadline=None)
@given(steps=histories(STEPS))
def test_a_history_with_undoes_is_the_history_without_what_they_undid(
    database: Database, steps: list[Step]
):
    history, now, with_undoes = database.rehearse_now(_world_with, steps)
    without = database.rehearse_now(_world_without, history, _moments(now))

    assert with_undoes == without


def _world_with(tx: Transaction, steps: list[Step]):
    history, now = lived(Below(tx), steps, START)
    assert decisions.wrongly_settled(tx) == []
    assert sum(1 for _ in journal.verify(tx)) == journal.last_serial(tx)
    return history, now, _observed(tx, _moments(now))


def _world_without(tx: Transaction, history, moments: list[datetime]):
    lived_without(Below(tx), history)
    return _observed(tx, moments)


def _moments(now: datetime) -> list[datetime]:
    """Then, and when some holds are about to end, have ended and have ended long ago."""
    return [now, now + HOUR, now + 2 * DAY]


def _observed(tx: Transaction, moments: list[datetime]):
    seen = {at: below(tx, at) for at in moments}
    return seen, permissions(tx, moments[0]), domain_rows(tx)


def _begin(tx: Transaction) -> None:
    people = {}
    for name in UPLOADERS:
        people[name] = accounts.register(
            tx,
            name=name,
            email=None,
            password_hash=None,
            by="operator:test",
            at=START,
        )
        accounts.add_token(
            tx,
            people[name],
            token_id=name,
            secret=name,
            scope=Scope.UPLOAD,
            project=None,
            expires_at=None,
            by="operator:test",
            at=START,
        )
    for archive in list(FILES.values())[::4]:
        publishing.publish(tx, submission(archive), people["ann"], None, quota=QUOTA, at=START)
