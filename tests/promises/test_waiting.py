"""Uploads that wait: received, reserved, unseen, and published as if nothing had been."""

import re
from typing import Any

import pytest

from tests.kit.makers import a_wheel, an_sdist
from tests.kit.world import JSON, Person, World

WHEEL, SDIST = a_wheel("butter", "1.0"), an_sdist("butter", "1.0")
FILE = f"file:{WHEEL.filename}"
STATUS = f"/api/projects/butter/files/{WHEEL.filename}"


@pytest.fixture
def dan(world: World) -> Person:
    """An uploader that is new here."""
    return world.somebody("dan", new=True)


def test_a_waiting_upload_is_answered_with_why_and_where_to_look(
    world: World, dan: Person, bea: Person
):
    bea.sets_mode("review", reason="A wave of spam")

    answer = dan.uploads(WHEEL)

    assert (answer.status_code, answer.headers["location"], answer.text) == (
        202,
        f"http://index.test{STATUS}",
        f"{WHEEL.filename} is received and waits for a moderator: A wave of spam.\n"
        f"Its name is reserved. What becomes of it: http://index.test{STATUS}\n",
    )
    again = dan.uploads(WHEEL)
    assert (again.status_code, again.text) == (202, answer.text)
    assert _status(dan) == ("waiting", "A wave of spam")


def test_nobody_sees_a_name_of_which_no_file_is_public_yet_and_nobody_can_take_it(
    world: World, ann: Person, dan: Person, bea: Person
):
    bea.sets_mode("careful")
    before = _public(world)
    assert dan.uploads(WHEEL).status_code == 202
    # The second file of the same release joins the first: it would make the name public.
    assert dan.uploads(SDIST).status_code == 202

    assert _public(world) == before
    for answer in (ann.uploads(a_wheel("butter", "2.0")), ann.uploads(WHEEL)):
        assert (answer.status_code, "not a member" in answer.text) == (403, True)
    assert ann.gets(STATUS).status_code == 403


def test_a_release_publishes_it_with_the_moment_of_publication(
    world: World, dan: Person, bea: Person
):
    bea.sets_mode("review")
    dan.uploads(WHEEL)
    dan.uploads(SDIST)
    world.clock.passes(hours=2)

    decision = bea.releases(FILE)

    assert _times(world) == {WHEEL.filename: "2026-11-25T14:00:00Z"}
    assert _status(dan) == ("published", None)
    changes = world.anyone.gets("/changes").json()["events"]
    assert [(event["event"], event["project"]) for event in changes] == [
        ("project-added", "butter"),
        ("file-added", "butter"),
        ("file-added", "butter"),
        ("project-changed", "butter"),
    ]
    world.clock.passes(hours=1)
    bea.undoes(decision)
    assert _times(world) == {}
    bea.releases("project:butter")
    assert _times(world) == dict.fromkeys((WHEEL.filename, SDIST.filename), "2026-11-25T15:00:00Z")


def test_leaving_the_mode_publishes_nothing_and_undoing_it_publishes_as_if_it_had_never_been(
    world: World, dan: Person, bea: Person
):
    mode = bea.sets_mode("review", **{"for": "1h"})
    dan.uploads(WHEEL)
    world.clock.passes(hours=2)
    assert _times(world) == {}

    serial = world.anyone.gets("/changes").json()["last_serial"]

    undo = bea.undoes(mode)
    news = world.anyone.gets(f"/changes?since={serial}").json()["events"]
    assert [(event["event"], event["project"]) for event in news] == [("project-changed", "butter")]
    assert _times(world) == {WHEEL.filename: "2026-11-25T12:00:00Z"}

    bea.undoes(undo)
    assert _times(world) == {}


def test_what_waits_for_two_modes_is_public_when_neither_holds_it(
    world: World, dan: Person, bea: Person
):
    careful, review = bea.sets_mode("careful"), bea.sets_mode("review")
    dan.uploads(WHEEL)

    bea.undoes(review)
    assert (_times(world), _status(dan)[0]) == ({}, "waiting")
    bea.undoes(careful)
    assert _status(dan)[0] == "published"


def test_a_file_that_was_public_keeps_its_time_when_a_moderator_makes_it_wait(
    world: World, ann: Person, bea: Person
):
    ann.uploads(WHEEL)
    before = _times(world)
    world.clock.passes(hours=1)
    bea.holds(FILE, effects=["wait"])
    assert (_times(world), _status(ann)[0]) == ({}, "waiting")

    bea.releases(FILE)

    assert _times(world) == before


def test_a_hold_on_what_waits_outlasts_its_release(world: World, dan: Person, bea: Person):
    bea.sets_mode("review")
    dan.uploads(WHEEL)
    bea.holds("project:butter")

    bea.releases(FILE)

    assert (_times(world), _status(dan)[0]) == ({}, "held")


def _status(person: Person) -> tuple[str, str | None]:
    answer = person.gets(STATUS).json()
    return answer["status"], answer["reason"]


def _times(world: World) -> dict[str, str]:
    page = world.anyone.gets("/simple/butter/", headers={"accept": JSON})
    files = page.json()["files"] if page.status_code == 200 else []
    return {file["filename"]: file["upload-time"] for file in files}


def _public(world: World) -> list[tuple[Any, ...]]:
    """What a stranger is told by every route that could tell of the project."""
    paths = [
        "/simple/",
        "/simple/butter/",
        "/legacy/+simple/butter/",
        "/pypi/butter/json",
        "/pypi/butter/1.0/json",
        "/rss/packages.xml",
        "/rss/updates.xml",
        "/rss/project/butter/releases.xml",
        f"/packages/{WHEEL.sha256}/{WHEEL.filename}",
        f"/packages/{WHEEL.sha256}/{WHEEL.filename}.metadata",
    ]
    seen = [(path, world.anyone.gets(path, headers={"accept": JSON})) for path in paths]
    told = [
        (path, answer.status_code, re.sub(r'"_last-serial": ?\d+', "", answer.text))
        for path, answer in seen
    ]
    return [*told, ("/changes", world.anyone.gets("/changes").json()["events"])]
