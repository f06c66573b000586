"""What nobody needs any more goes by itself, and nothing that anybody does."""

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from index import background
from index.background import JOBS
from index.cli import belonging
from index.settings import Switch
from index.tidying import DAYS_KEPT, MESSAGES_KEPT
from storage import accounts, counting, downloads, outbox
from storage.outbox import Way
from storage.problems import Conflict
from storage.schema import downloads as counts
from storage.schema import entry_addresses, login_failures, messages
from tests.kit.makers import a_wheel
from tests.kit.told import SECRET
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
JOB = {job.name: job for job in JOBS}
LEFT = b"bytes without a row"


@pytest.fixture
def settings() -> dict[str, object]:
    """Two who are told of purges."""
    urls = ("http://127.0.0.1:9/one", "http://127.0.0.1:9/two")
    return {"purge_urls": urls, "webhook_secret": SECRET}


def leave(world: World) -> Path:
    """Bytes in the folder of blobs that no row refers to."""
    with world.services.blobs.draft() as draft:
        draft.write(LEFT)
        digest = draft.finish().sha256
        draft.keep()
    place = world.services.blobs.place(digest)
    assert place is not None
    return place


def test_a_sweep_runs_by_itself_and_removes_nothing_that_a_row_refers_to(
    world: World, ann: Person, anyone: Person
):
    ann.uploads(TOAST)
    place = leave(world)
    belonging.claim(world.services)

    background.run_now(world.services, JOB["sweep"])

    assert not place.exists()
    assert anyone.downloads(TOAST).content == TOAST.content
    assert JOB["sweep"].is_wanted(world.services)


def test_a_sweep_ends_when_the_server_stops(world: World):
    place = leave(world)
    belonging.claim(world.services)

    world.services.stopping.set()
    background.run_now(world.services, JOB["sweep"])
    assert place.exists()

    world.services.stopping.clear()
    background.run_now(world.services, JOB["sweep"])
    assert not place.exists()


def test_no_sweep_touches_the_blobs_of_another_index(world: World):
    place = leave(world)
    belonging.claim(world.services)
    world.services.blobs.give_to("another")

    with pytest.raises(Conflict):
        background.run_now(world.services, JOB["sweep"])

    assert place.exists()
    place.unlink()


def test_no_sweep_runs_where_it_is_off(world: World):
    its = replace(world.services.settings, sweep=Switch.OFF)

    assert not JOB["sweep"].is_wanted(replace(world.services, settings=its))


def test_addresses_are_forgotten_when_they_count_no_longer(world: World, ann: Person):
    def note(tx: Any) -> None:
        counting.note_address(tx, 1, "192.0.2.1", at=world.clock(), kept_for=timedelta(days=1))
        accounts.note_failure(tx, name="ann", address="192.0.2.1", at=world.clock())

    world.services.database.write_now(note)
    rows = world.rows(entry_addresses, login_failures)
    assert [len(each) for each in rows.values()] == [1, 1]
    world.clock.passes(hours=23)
    background.run_now(world.services, JOB["forget"])
    assert world.rows(entry_addresses, login_failures) == rows

    world.clock.passes(hours=1, seconds=1)
    background.run_now(world.services, JOB["forget"])

    assert world.rows(entry_addresses, login_failures) == {
        "entry_addresses": [],
        "login_failures": [],
    }


def test_old_messages_go_but_for_those_of_decisions_and_the_newest_to_each(
    world: World, bea: Person, ann: Person
):
    ann.uploads(TOAST)
    decision = bea.holds("project:toasting")
    one, two = world.services.settings.purge_urls
    sent = [ended(world, one, outcome) for outcome in ("sent", "sent", "failed: away", "off")]
    kept = [ended(world, two, "sent")]
    hook = "http://127.0.0.1:9/hook"
    report = [ended(world, hook, "sent", way=Way.WEBHOOK) for _ in "ab"]
    mails = [ended(world, "account:ann", "sent", way=Way.MAIL, decision=decision) for _ in "ab"]
    waiting = ended(world, one, None)
    world.clock.now += MESSAGES_KEPT
    background.run_now(world.services, JOB["forget"])
    assert len(world.rows(messages)["messages"]) >= 9

    world.clock.passes(seconds=1)
    background.run_now(world.services, JOB["forget"])

    mine = {*sent, *kept, *report, *mails, waiting}
    left = {row[0] for row in world.rows(messages)["messages"]} & mine
    assert left == {sent[1], *kept, report[1], *mails, waiting}


def ended(
    world: World,
    url: str,
    outcome: str | None,
    *,
    way: Way = Way.PURGE,
    decision: int | None = None,
) -> int:
    """A message that ended like this now; its number."""
    at = world.clock()

    def add(tx: Any) -> int:
        outbox.queue(tx, way, {url: {}}, decision=decision, at=at, due_at=at)
        message = outbox.newest(tx, limit=1)[0]
        if outcome is not None:
            outbox.end(tx, message, outcome, at=at)
        return message.id

    return world.services.database.write_now(add)


def test_old_downloads_are_added_up_by_month_and_none_is_lost(world: World, ann: Person):
    ann.uploads(TOAST)
    today = world.clock().date()
    first_kept = today - DAYS_KEPT
    days = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2), date(2026, 6, 30)]
    days += [first_kept - timedelta(days=1), first_kept, today]
    counted = {(1, day): 10**number for number, day in enumerate(days)}
    world.services.database.write_now(downloads.add, counted)

    for _ in range(2):
        background.run_now(world.services, JOB["forget"])

        assert sorted(world.rows(counts)["downloads"]) == [
            (1, "2026-05-01", 1),
            (1, "2026-06-01", 1110),
            (1, "2026-08-01", 10**4),
            (1, first_kept.isoformat(), 10**5),
            (1, today.isoformat(), 10**6),
        ]
