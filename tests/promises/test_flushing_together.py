"""Uploads that arrive together share a flush, and stand apart in everything else."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import Event, Thread

import pytest
from httpx2 import Response
from sqlalchemy import event

from moderation import decisions
from moderation.deciding import Why
from storage import verifying
from storage.database import Transaction
from storage.records import Effect
from storage.schema import files, members, projects
from tests.kit.makers import Archive, a_wheel
from tests.kit.world import Person, World

UPLOADS = 40
QUOTA_BYTES = 8_000
PATIENCE_SECONDS = 8
"""Less than a write waits for its turn."""

WHEELS = [a_wheel(f"slice{number}x") for number in range(UPLOADS)]
LOAF = a_wheel("loaf", files={"loaf/crumbs.bin": Random(1).randbytes(QUOTA_BYTES)})
"""Too large for its project, which is asked after its name is taken."""


@pytest.fixture
def settings() -> dict[str, object]:
    """Nobody is slowed down, and projects are small."""
    return {"trusted_projects_per_day": 1_000, "project_quota_bytes": QUOTA_BYTES}


@pytest.mark.parametrize("place", [0, 17, UPLOADS])
def test_a_refused_upload_among_many_leaves_no_trace_and_costs_the_others_nothing(
    world: World, ann: Person, place: int
):
    entries_before = len(world.journal)
    answers, flushes = all_at_once(world, ann, [*WHEELS[:place], LOAF, *WHEELS[place:]])

    refused = answers.pop(place)
    assert (refused.status_code, refused.text.partition(".")[0]) == (
        413,
        "With this file loaf would have more than its 8,000 bytes",
    )
    assert [(answer.status_code, answer.text) for answer in answers] == [
        (200, f"{wheel.filename} is published.\n") for wheel in WHEELS
    ]
    assert flushes <= 3
    assert everything_stored(world) == {wheel.filename: 1 for wheel in WHEELS}
    rows = world.rows(projects, members)
    assert (len(rows["projects"]), len(rows["members"])) == (UPLOADS, UPLOADS)
    assert len(world.journal) == entries_before + 2 * UPLOADS
    verifying.verify(world.services.database)
    for wheel in WHEELS:
        assert ann.downloads(wheel).content == wheel.content
    assert ann.uploads(a_wheel("loaf")).status_code == 200


def test_one_file_that_comes_many_times_at_once_is_stored_once(world: World, ann: Person):
    toast = a_wheel()

    answers, flushes = all_at_once(world, ann, [toast] * UPLOADS)

    assert Counter(answer.text for answer in answers) == {
        f"{toast.filename} is published.\n": 1,
        f"{toast.filename} was published before, with the same contents.\n": UPLOADS - 1,
    }
    assert flushes <= 3
    assert everything_stored(world) == {toast.filename: 1}


def test_of_uploads_that_arrive_together_the_limit_gets_in(world: World):
    newcomer = world.somebody("newcomer", new=True)
    slices = [a_wheel("toast", f"1.{number}") for number in range(12)]
    assert newcomer.uploads(a_wheel("toast", "0.1")).status_code == 200

    answers, _ = all_at_once(world, newcomer, slices)

    limit = 5  # In ten minutes, for a new account; one came before.
    assert Counter(answer.status_code for answer in answers) == {200: limit - 1, 429: 13 - limit}
    left = [answer.headers["ratelimit"] for answer in answers if answer.status_code == 200]
    assert sorted(each.partition('minutes";')[2][:3] for each in left) == [
        "r=0",
        "r=1",
        "r=2",
        "r=3",
    ]


def test_what_is_decided_while_uploads_wait_for_their_turn_holds_for_them(
    world: World, ann: Person
):
    assert ann.uploads(a_wheel("toast", "0.1")).status_code == 200
    why = Why(by="account:bea", at=world.clock(), reason="Burnt.")

    answers, _ = all_at_once(
        world,
        ann,
        [a_wheel("toast"), a_wheel("crumpet"), a_wheel("toast", "2.0")],
        change=lambda tx: decisions.hold(tx, ["project:toast"], why=why, effects=[Effect.FREEZE]),
    )

    assert [answer.status_code for answer in answers] == [403, 200, 403]
    assert answers[0].text.startswith("The project toast is frozen: Burnt.")


def all_at_once(
    world: World,
    person: Person,
    archives: Sequence[Archive],
    *,
    change: Callable[[Transaction], object] = lambda _tx: None,
) -> tuple[list[Response], int]:
    """The answers to uploads that all have to wait for somebody else's *change*, and how many more
    transactions of writers there were until the last was answered."""
    person.gets("/api/me")  # The first use of a token is written down, which would have to wait.
    database, may_end, begun = world.services.database, Event(), []

    def change_first(tx: Transaction) -> None:
        may_end.wait(PATIENCE_SECONDS)
        change(tx)

    writer = Thread(target=database.write_now, args=[change_first])
    writer.start()
    try:
        with ThreadPoolExecutor(len(archives)) as threads:
            answers = [threads.submit(person.uploads, archive) for archive in archives]
            _wait_until_ready(world, len(archives))
            event.listen(
                database.engine, "before_cursor_execute", lambda _c, _k, sql, *_: begun.append(sql)
            )
            may_end.set()
            return [each.result() for each in answers], begun.count(database.kind.WRITE)
    finally:
        may_end.set()
        writer.join()


def _wait_until_ready(world: World, number: int) -> None:
    """Return when there is nothing left to do for so many uploads but to write them."""
    drafts, deadline = world.services.settings.data / "blobs" / "drafts", time.monotonic() + 6
    while sum(draft.stat().st_size > 0 for draft in drafts.iterdir()) < 2 * number:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def everything_stored(world: World) -> Counter[str]:
    """How often there is a row for each file."""
    return Counter(row[list(files.c).index(files.c.filename)] for row in world.rows(files)["files"])
