"""A hold ends at its `until` by itself: nothing is written, and no daemon has to run."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from index.app import assemble, compose
from storage.schema import METADATA
from tests.kit.clock import START
from tests.kit.shelf import (
    FILE,
    FREE,
    FROZEN,
    HIDDEN,
    PROJECT,
    RELEASE,
    TOAST,
    changes_by,
    everything,
    seen,
    without,
)
from tests.kit.world import SITE, Person, World

INSTANT = timedelta(microseconds=1)
TWO_HOURS = timedelta(hours=2)
ENDS = {
    "for": {"for": "2h"},
    "until": {"until": "2026-11-25T14:00:00Z"},
    "until in another zone": {"until": "2026-11-25T09:00:00-05:00"},
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("subject", [FILE, RELEASE, PROJECT])
def test_what_is_hidden_until_then_is_back_from_then_on(
    world: World, shelf: Person, bea: Person, subject: str, end: dict[str, str]
):
    bea.holds(subject, effects=["hide"], **end)

    world.clock.now = START + TWO_HOURS - INSTANT
    assert everything(shelf) == HIDDEN[subject]

    world.clock.now = START + TWO_HOURS
    assert everything(shelf) == seen()


def test_what_is_refused_or_frozen_or_suspended_until_then_is_free_from_then_on(
    world: World, shelf: Person, ann: Person, bea: Person
):
    bea.holds(FILE, effects=["refuse"], **ENDS["for"])
    bea.holds(PROJECT, effects=["freeze"], **ENDS["for"])
    bea.holds("account:ann", **ENDS["for"])

    world.clock.now = START + TWO_HOURS - INSTANT
    assert everything(shelf) == seen(served=without(FILE, 403))
    assert changes_by(ann) == dict.fromkeys(FREE, 403)

    world.clock.now = START + TWO_HOURS
    assert everything(shelf) == seen()
    assert changes_by(ann) == FREE


def test_each_of_several_holds_has_its_own_end(
    world: World, shelf: Person, ann: Person, bea: Person
):
    bea.holds(FILE, effects=["hide"], **{"for": "1h"})
    bea.holds(FILE, effects=["refuse"], **{"for": "2h"})
    bea.holds(FILE, effects=["freeze"])

    world.clock.passes(hours=1)
    assert everything(shelf) == seen(served=without(FILE, 403))

    world.clock.passes(hours=1)
    assert everything(shelf) == seen()
    assert changes_by(ann) == FREE | FROZEN[FILE]


def test_an_end_needs_no_write(world: World, shelf: Person, bea: Person):
    bea.holds(PROJECT, **{"for": "2h"})
    before = world.rows(*METADATA.sorted_tables)

    world.clock.passes(hours=2)

    assert everything(shelf) == seen()
    assert world.rows(*METADATA.sorted_tables) == before


def test_a_server_that_was_stopped_is_right_at_boot(world: World, shelf: Person, bea: Person):
    bea.holds(PROJECT, **{"for": "2h"})
    later = replace(compose(world.services.settings), now=lambda: START + timedelta(days=100))

    with TestClient(assemble(later), base_url=SITE) as client:
        assert everything(replace(world, client=client).anyone) == seen()
    assert everything(shelf) == HIDDEN[PROJECT]


def test_what_has_ended_cannot_be_released_and_can_be_held_anew(
    world: World, shelf: Person, bea: Person
):
    bea.holds(FILE, **{"for": "2h"})
    world.clock.passes(hours=2)

    assert bea.decides("release", FILE).status_code == 409
    bea.holds(FILE)
    assert everything(shelf) == HIDDEN[FILE]


def test_a_clock_that_is_set_back_shows_nothing_that_is_held(
    world: World, shelf: Person, bea: Person
):
    bea.holds(FILE)
    world.clock.passes(days=-30)

    assert everything(shelf) == HIDDEN[FILE]


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ({"until": "2026-11-25T12:00:00Z"}, 400),
        ({"until": "2026-11-25T11:59:59Z"}, 400),
        ({"until": "tomorrow"}, 400),
        ({"until": "9999-12-31T23:59:59-14:00"}, 400),
        ({"for": "0h"}, 400),
        ({"for": "-1h"}, 400),
        ({"for": "999999w"}, 400),
        ({"for": "1h", "until": "2027-01-01T00:00:00Z"}, 400),
        ({"for": 3600}, 422),
    ],
    ids=str,
)
def test_an_end_that_is_none_is_refused(
    world: World, shelf: Person, bea: Person, end: dict[str, Any], status: int
):
    before = world.journal

    assert bea.decides("hold", FILE, **end).status_code == status
    assert (world.journal, shelf.downloads(TOAST).status_code) == (before, 200)
