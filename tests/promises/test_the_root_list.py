"""The list of projects is always ready, and always right about what was decided."""

import gzip
import time
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from random import Random

import pytest
import zstandard
from httpx2 import Response

from index.ready import Coding
from index.simple.negotiation import Representation
from tests.kit.makers import a_wheel
from tests.kit.roots import fill, from_scratch, names_listed, readings, with_a_long_list
from tests.kit.world import Person, World

CHANGES = 200
PROJECTS = [f"project-{number}" for number in range(1_500)]
"""Enough for several blocks."""

EVERY = [(representation, coding) for representation in Representation for coding in Coding]

DECODED = {
    Coding.ZSTD: zstandard.decompress,
    Coding.GZIP: gzip.decompress,
    Coding.IDENTITY: bytes,
}


@pytest.fixture
def settings() -> dict[str, object]:
    """Nobody is slowed down."""
    limits = ("projects_per_day", "files_per_day", "files_per_10_minutes")
    return {
        "trusted_projects_per_day": 1_000,
        **{f"new_account_{limit}": 1_000 for limit in limits},
    }


@pytest.fixture
def long(world: World) -> Iterator[World]:
    """A server with a long list of two projects and many others."""
    fill(world, PROJECTS)
    with with_a_long_list(world) as other:
        yield other


def asked(world: World, representation: Representation, coding: Coding) -> tuple[Response, bytes]:
    """The list as it comes, still in its coding, for somebody who takes nothing else."""
    headers = {"accept": representation.value, "accept-encoding": coding.value}
    with world.client.stream("GET", "/simple/", headers=headers) as answer:
        assert answer.headers.get("content-encoding", Coding.IDENTITY) == coding
        return answer, b"".join(answer.iter_raw())


def raw(world: World, coding: Coding) -> bytes:
    """The list in JSON, still in its coding."""
    return asked(world, Representation.JSON, coding)[1]


def fault(world: World, representation: Representation, coding: Coding) -> str | None:
    """What differs from a list that was made from nothing."""
    (answer, body), made = asked(world, representation, coding), from_scratch(world, representation)
    told = (answer.headers["etag"], answer.headers["x-pypi-last-serial"])
    if told != (made.etag(coding), str(made.serial)):
        return f"{representation}, {coding}: {told}"
    return None if DECODED[coding](body) == made.content else f"{representation}, {coding}: body"


def test_after_any_changes_the_list_is_the_one_made_from_nothing(
    world: World, ann: Person, bea: Person
):
    fill(world, PROJECTS)
    new, chance = world.somebody("new", new=True), Random(1)
    for number in range(CHANGES):
        change(world, chance, ann if number % 2 else new, bea, f"cake-{number}")

        assert fault(world, *EVERY[number % len(EVERY)]) is None, number

    assert [fault(world, *each) for each in EVERY] == [None] * len(EVERY)


def change(world: World, chance: Random, uploader: Person, bea: Person, name: str) -> None:
    """Something that may change the list, or be refused."""
    some = [f"project:{each}" for each in chance.sample(PROJECTS, 3)]
    length = chance.choice([None, "1h", "24h"])
    match chance.randrange(9):
        case 0 | 1:
            uploader.uploads(a_wheel(name))
        case 2 | 3:
            bea.decides("hold", *some, **({"for": length} if length else {}))
        case 4:
            bea.decides("hold", *some, effects=["refuse"])
        case 5:
            held = bea.gets("/api/moderation/holds").json()["holds"]
            if held:
                bea.decides("release", chance.choice(held)["subject"])
        case 6:
            made = bea.gets("/api/moderation/decisions").json()["decisions"]
            if made:
                bea.wants_undone(chance.choice(made)["id"])
        case 7:
            bea.decides("mode", mode=chance.choice(["open", "review", "review"]))
        case 8:
            world.clock.passes(hours=chance.choice([0.5, 1, 30]))


def test_a_decision_is_in_the_very_next_answer(long: World, bea: Person):
    before = names_listed(long.anyone)

    for name in PROJECTS[::500]:
        hold = bea.holds(f"project:{name}")
        assert names_listed(long.anyone) == [each for each in before if each != name]
        bea.undoes(hold)
        assert names_listed(long.anyone) == before


def test_holds_that_ended_are_off_the_next_answer(long: World, bea: Person):
    first, second = PROJECTS[7:9]
    bea.holds(f"project:{first}", **{"for": "1h"})
    before = names_listed(long.anyone)
    bea.holds(f"project:{second}", **{"for": "2h"})
    assert names_listed(long.anyone) == [each for each in before if each != second]

    long.clock.passes(minutes=61)
    assert names_listed(long.anyone) == sorted({*before, first} - {second})

    long.clock.passes(minutes=60)
    assert names_listed(long.anyone) == sorted({*before, first})

    long.clock.passes(minutes=-60)
    assert names_listed(long.anyone) == sorted({*before, first} - {second})


def test_no_request_makes_a_long_list_anew_for_an_upload(world: World, ann: Person, bea: Person):
    with with_a_long_list(world, running=False) as long:
        assert names_listed(long.anyone) == []
        ann.uploads(a_wheel("toasting"))

        with readings(long) as read:
            assert [names_listed(long.anyone) for _ in range(5)] == [[]] * 5
        assert read == []

        ann.uploads(a_wheel("crumpets"))
        bea.holds("project:crumpets")
        assert names_listed(long.anyone) == ["toasting"]


def test_an_upload_is_in_a_long_list_in_about_a_second(long: World, ann: Person):
    assert "toasting" not in names_listed(long.anyone)
    ann.uploads(a_wheel("toasting"))
    uploaded = time.monotonic()

    while "toasting" not in names_listed(long.anyone):
        assert time.monotonic() - uploaded < 5
        time.sleep(0.05)


def test_a_short_list_shows_an_upload_at_once(world: World, ann: Person):
    for name in ("crumpets", "toasting", "waffle"):
        ann.uploads(a_wheel(name))
        assert names_listed(world.anyone)[-1] == name


def test_a_hundred_who_wait_for_a_decision_wait_for_one_reading(long: World, bea: Person):
    before = names_listed(long.anyone)
    bea.holds(f"project:{PROJECTS[7]}")

    with readings(long) as read, ThreadPoolExecutor(100) as threads:
        answers = list(threads.map(lambda _: names_listed(long.anyone), range(100)))

    assert len(read) == 1
    assert answers == [[each for each in before if each != PROJECTS[7]]] * 100


def test_nothing_is_read_anew_if_nothing_changed(long: World, ann: Person, bea: Person):
    before = names_listed(long.anyone)
    ann.asks("POST", "/api/reports", json={"subject": "index", "kind": "spam", "summary": "Spam."})
    bea.sets_mode("careful")

    with readings(long) as read:
        assert names_listed(long.anyone) == before

    assert read == []


def test_what_is_decided_at_one_server_is_in_the_list_of_another(
    world: World, long: World, bea: Person
):
    servers = (world, long)
    before = [names_listed(server.anyone) for server in servers]
    assert before[0] == before[1]

    for number, name in enumerate(PROJECTS[:6]):
        replace(bea, world=servers[number % 2]).holds(f"project:{name}")
        left = [each for each in before[0] if each not in PROJECTS[: number + 1]]
        assert [names_listed(server.anyone) for server in servers] == [left, left]


def test_a_client_that_reads_one_member_reads_all_of_it(long: World, bea: Person):
    raw(long, Coding.GZIP)
    bea.holds(f"project:{PROJECTS[7]}")
    content = from_scratch(long, Representation.JSON).content

    gzipped, zstd = raw(long, Coding.GZIP), raw(long, Coding.ZSTD)

    member = zlib.decompressobj(wbits=31)
    assert (member.decompress(gzipped), member.eof, member.unused_data) == (content, True, b"")
    assert gzip.decompress(gzipped) == content
    frame = zstandard.ZstdDecompressor().decompressobj()
    assert (frame.decompress(zstd), frame.eof, frame.unused_data) == (content, True, b"")


def test_equal_lists_are_equal_in_every_byte_however_they_came_about(
    world: World, long: World, bea: Person
):
    names_listed(long.anyone)
    holds = [bea.holds(f"project:{name}") for name in PROJECTS[::50]]
    names_listed(long.anyone)
    bea.undoes(holds[0])

    for coding in (Coding.GZIP, Coding.ZSTD):
        assert raw(long, coding) == raw(world, coding)


def test_who_has_the_list_already_is_told_so_until_it_changes(long: World, bea: Person):
    headers = {"accept-encoding": "gzip"}
    had = long.anyone.gets("/simple/", headers=headers).headers["etag"]
    headers |= {"if-none-match": had}
    assert long.anyone.gets("/simple/", headers=headers).status_code == 304

    bea.holds(f"project:{PROJECTS[7]}")

    changed = long.anyone.gets("/simple/", headers=headers)
    assert (changed.status_code, changed.headers["etag"] == had) == (200, False)
    head = long.anyone.asks("HEAD", "/simple/", headers=headers)
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers, "x-request-id": ""} == {**changed.headers, "x-request-id": ""}
