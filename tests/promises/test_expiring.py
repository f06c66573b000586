"""The journal says of holds that they ended by themselves: once, and nothing else changes."""

import threading
from typing import Any

import pytest

from index import expiring
from index.cli.checks import faults, read
from storage import expiries, purges
from storage.schema import METADATA
from tests.kit.makers import a_wheel
from tests.kit.observing import GROWING
from tests.kit.world import JSON, Person, World

TOAST, OTHER = a_wheel("toasting", "1.0"), a_wheel("crumpets", "1.0")
FILE = f"file:{TOAST.filename}"


@pytest.fixture(autouse=True)
def published(ann: Person) -> None:
    """Two projects."""
    for archive in (TOAST, OTHER):
        assert ann.uploads(archive).status_code == 200


def said(world: World) -> list[tuple[Any, ...]]:
    """What the journal says of holds that ended."""
    return [
        (entry.actor, entry.subject, entry.details)
        for entry in world.journal
        if entry.act == expiries.ACT
    ]


def page(person: Person) -> tuple[bytes, str, bytes]:
    """The page of the project, its tag, and the file."""
    answer = person.gets("/simple/toasting/", headers={"accept": JSON})
    return answer.content, answer.headers["etag"], person.downloads(TOAST).content


def test_the_journal_says_once_that_holds_have_ended_and_every_page_stays_as_it_is(
    world: World, bea: Person, anyone: Person
):
    before = page(anyone)
    decision = bea.holds(FILE, "project:crumpets", **{"for": "1h"})
    bea.holds("release:toasting/1.0", **{"for": "2h"})
    world.clock.passes(hours=1)
    held, rows = page(anyone), world.rows(*unlike_the_journal())
    newest = world.journal[-1].serial
    assert expiring.is_wanted(world.services)

    for _ in range(2):
        expiring.explain(world.services)
        assert not expiring.is_wanted(world.services)

    subjects, until = [FILE, "project:crumpets"], world.clock.now.isoformat()
    details = {"decision": decision, "subjects": subjects, "until": until}
    assert said(world) == [("index", f"decision:{decision}", details)]
    assert page(anyone) == held != before
    assert world.rows(*unlike_the_journal()) == rows
    told = anyone.gets(f"/changes?since={newest}").json()["events"]
    assert [(each["event"], each["project"]) for each in told] == [
        ("project-changed", "crumpets"),
        ("project-changed", "toasting"),
    ]
    to_drop = world.asks_rows(purges.changed, after=newest, limit=9)
    assert to_drop == {"crumpets": True, "toasting": True}
    assert list(faults(world.services, found_of=read)) == []
    world.clock.passes(hours=1)
    expiring.explain(world.services)
    assert len(said(world)) == 2
    assert page(anyone) == before


def unlike_the_journal() -> list[Any]:
    """The tables that do not only grow with the journal."""
    return [table for table in METADATA.sorted_tables if table.name not in GROWING]


def test_nothing_is_said_of_what_was_undone_or_released_or_is_held_for_good(
    world: World, bea: Person
):
    bea.undoes(bea.holds(FILE, **{"for": "1h"}))
    bea.holds("project:toasting", **{"for": "1h"})
    bea.releases("project:toasting")
    bea.holds("project:crumpets")
    world.clock.passes(hours=2)

    expiring.explain(world.services)

    assert said(world) == []


def test_an_undo_after_the_entry_and_its_redo_give_back_what_was(
    world: World, bea: Person, anyone: Person
):
    decision = bea.holds(FILE, **{"for": "1h"})
    bea.holds("release:toasting/1.0", effects=["refuse"])
    world.clock.passes(hours=1)
    before = page(anyone)
    expiring.explain(world.services)

    undo = bea.undoes(decision)
    assert page(anyone) == before
    bea.undoes(undo)
    expiring.explain(world.services)

    assert page(anyone) == before
    assert len(said(world)) == 1


def test_the_end_of_a_mode_is_said_too(world: World, bea: Person):
    decision = bea.sets_mode("review", **{"for": "1h"})
    world.clock.passes(hours=1)

    expiring.explain(world.services)

    ((_, subject, details),) = said(world)
    assert (subject, details["subjects"]) == (f"decision:{decision}", ["index"])


def test_what_ended_long_ago_is_left_unsaid(world: World, bea: Person):
    bea.holds(FILE, **{"for": "1h"})
    world.clock.passes(hours=1)
    world.clock.now += expiries.LOOKS_BACK
    expiring.explain(world.services)

    assert said(world) == []


def test_two_nodes_at_once_say_it_once(world: World, other: World, bea: Person):
    for number in range(20):
        bea.holds(FILE, **{"for": f"{number + 1}h"})
    world.clock.passes(hours=20)

    both = [
        threading.Thread(target=expiring.explain, args=(each.services,)) for each in (world, other)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert len(said(world)) == len({subject for _, subject, _ in said(world)}) == 20
