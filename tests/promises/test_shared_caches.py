"""Caches that others share: what they may keep, by which keys, and what they are told to drop."""

import json

import pytest

from index.background import JOBS
from index.settings import Read
from tests.kit.caches import Cache
from tests.kit.makers import a_wheel
from tests.kit.receiving import Hook, is_signed
from tests.kit.told import SECRET
from tests.kit.world import Person, World

(PURGE,) = [job for job in JOBS if job.name == "purge"]

TOAST, LOCAL = a_wheel("toasting", "1.0"), a_wheel("toasting", "2.0+local.1")
OTHER, NEW = a_wheel("crumpets", "1.0"), a_wheel("toasting", "3.0")
LIST, PAGE, FILE = "/simple/", "/simple/toasting/", f"/packages/{TOAST.sha256}/{TOAST.filename}"
PATHS = [
    *(LIST, PAGE, "/simple/crumpets/", "/legacy/+simple/toasting/"),
    *(
        f"/packages/{each.sha256}/{each.filename.replace('+', plus)}{suffix}"
        for each in (TOAST, LOCAL, OTHER)
        for plus in ("+", "%2B")
        for suffix in ("", ".metadata")
    ),
]
ACTS = {
    "a hold on a file": lambda ann, bea: bea.holds(f"file:{TOAST.filename}"),
    "a refusal": lambda ann, bea: bea.holds(f"file:{LOCAL.filename}", effects=["refuse"]),
    "a hold on a release": lambda ann, bea: bea.holds("release:toasting/1.0"),
    "a hold on a project": lambda ann, bea: bea.holds("project:toasting"),
    "an undo": lambda ann, bea: bea.undoes(bea.holds("project:toasting")),
    "an upload": lambda ann, bea: ann.uploads(NEW),
    "a yank": lambda ann, bea: ann.yanks(TOAST),
    "a withdrawal": lambda ann, bea: ann.withdraws(TOAST),
}


@pytest.fixture
def settings(hook: Hook) -> dict[str, object]:
    """Caches may keep everything for ten minutes."""
    return {
        "shared_cache_seconds": 600,
        "cache_tags": "surrogate-key",
        "purge_urls": (hook.url,),
        "webhook_secret": SECRET,
    }


@pytest.fixture
def cache(world: World, ann: Person, hook: Hook) -> Cache:
    """A cache that has everything, and was told everything."""
    for archive in (TOAST, LOCAL, OTHER):
        assert ann.uploads(archive).status_code == 200
    purged(world)
    hook.came.clear()
    found = Cache(world.anyone)
    assert {found.gets(path)[0] for path in PATHS} == {200}
    assert set(found.kept) == set(PATHS)
    return found


def purged(world: World) -> None:
    """Two runs of the job, a second apart: what to tell is put down, and told."""
    for _ in range(2):
        if PURGE.is_wanted(world.services):
            PURGE.run(world.services)
        world.clock.passes(seconds=1)


@pytest.mark.parametrize("by", ["keys", "paths"])
@pytest.mark.parametrize("act", ACTS)
def test_after_a_purge_a_cache_has_nothing_that_the_index_has_not(
    world: World, cache: Cache, hook: Hook, ann: Person, bea: Person, act: str, by: str
):
    ACTS[act](ann, bea)
    purged(world)

    [purge] = hook.events
    cache.drops(purge, by=by)

    assert purge["data"]["everything"] is False
    assert {path: cache.gets(path) for path in PATHS} == {
        path: Cache(world.anyone).gets(path) for path in PATHS
    }


def test_an_upload_lets_caches_keep_the_files_there_were(
    world: World, cache: Cache, hook: Hook, ann: Person
):
    ann.uploads(NEW)
    purged(world)

    assert hook.events[0]["data"]["keys"] == ["index", "project:toasting"]
    assert hook.events[0]["data"]["paths"] == [LIST, PAGE, "/legacy/+simple/toasting/"]


def test_a_purge_says_all_of_what_to_drop_and_is_signed(
    world: World, cache: Cache, hook: Hook, bea: Person
):
    bea.holds(f"file:{OTHER.filename}")
    at, serial = world.clock(), world.journal[-1].serial
    purged(world)

    [(headers, body)] = hook.came
    other = f"/packages/{OTHER.sha256}/{OTHER.filename}"
    assert is_signed(headers, body, SECRET)
    assert json.loads(body) == {
        "type": "cache.purge",
        "timestamp": at.isoformat().replace("+00:00", "Z"),
        "data": {
            "serial": serial,
            "everything": False,
            "keys": ["index", "project:crumpets", "files:crumpets"],
            "paths": [
                *(LIST, "/simple/crumpets/", "/legacy/+simple/crumpets/"),
                *(other, f"{other}.metadata"),
            ],
        },
    }


def test_who_is_told_for_the_first_time_drops_everything(world: World, ann: Person, hook: Hook):
    ann.uploads(TOAST)
    purged(world)

    [purge] = hook.events
    assert (purge["data"]["everything"], purge["data"]["keys"], purge["data"]["paths"]) == (
        True,
        [],
        [],
    )


def test_nothing_is_told_where_nothing_changed(world: World, cache: Cache, hook: Hook, eve: Person):
    assert eve.account is not None  # An account more is in the journal, and on no page.
    purged(world)

    assert hook.came == []


def test_a_purge_that_failed_is_made_good_by_the_next(
    world: World, cache: Cache, hook: Hook, bea: Person
):
    hook.statuses.append(503)
    bea.holds(f"file:{OTHER.filename}")
    purged(world)
    bea.holds(f"file:{TOAST.filename}")
    purged(world)
    world.clock.passes(days=1)
    purged(world)

    lost, made_good = hook.events
    assert lost["data"]["keys"] == ["index", "project:crumpets", "files:crumpets"]
    assert made_good["data"]["keys"] == [
        "index",
        *("project:crumpets", "project:toasting"),
        *("files:crumpets", "files:toasting"),
    ]


def test_a_purge_that_failed_is_tried_again_without_another_change(
    world: World, cache: Cache, hook: Hook, bea: Person
):
    hook.statuses.append(503)
    bea.holds(f"file:{OTHER.filename}")
    purged(world)
    world.clock.passes(minutes=1)
    purged(world)
    purged(world)

    first, again = hook.events
    assert again == first


def test_what_a_purge_became_is_listed(world: World, cache: Cache, bea: Person, hook: Hook):
    bea.holds("project:toasting")
    purged(world)

    found = bea.gets("/api/moderation/messages").json()["messages"]
    told = [each["outcome"] for each in found if each["kind"] == "purge"]
    assert told == ["sent", "sent"]
    assert {each["recipient"] for each in found if each["kind"] == "purge"} == {"127.0.0.1"}


@pytest.mark.parametrize("settings", [{}], ids=["unless it is set"])
def test_no_shared_cache_keeps_anything_without_asking(world: World, ann: Person):
    ann.uploads(TOAST)
    page, file = (world.anyone.gets(path) for path in (PAGE, FILE))

    assert page.headers["cache-control"] == "max-age=0, must-revalidate"
    assert file.headers["cache-control"] == "public, max-age=365000000, s-maxage=0, immutable"
    assert {"surrogate-key", "cache-tag"} & {*page.headers, *file.headers} == set()


@pytest.mark.parametrize(
    ("settings", "separator"),
    [({"cache_tags": "surrogate-key"}, " "), ({"cache_tags": "cache-tag"}, ",")],
    ids=["surrogate-key", "cache-tag"],
)
def test_every_answer_names_its_keys(world, ann, settings, separator):
    ann.uploads(LOCAL)
    of_file = f"/packages/{LOCAL.sha256}/{LOCAL.filename}"
    answers = [world.anyone.gets(path) for path in (LIST, PAGE, of_file, f"{of_file}.metadata")]
    answers.append(world.anyone.gets(PAGE, headers={"if-none-match": answers[1].headers["etag"]}))

    header = settings["cache_tags"]
    of_files = ["files:toasting", f"file:{LOCAL.filename}"]
    assert [each.headers[header].split(separator) for each in answers] == [
        ["index"],
        ["project:toasting"],
        of_files,
        of_files,
        ["project:toasting"],
    ]
    assert answers[-1].status_code == 304


@pytest.mark.parametrize(
    "settings",
    [{"read": Read.ACCOUNTS, "shared_cache_seconds": 600, "cache_tags": "cache-tag"}],
    ids=["accounts"],
)
def test_what_takes_a_token_to_read_is_kept_by_nobody_else(world: World, ann: Person):
    ann.uploads(TOAST)
    answers = [ann.gets(path) for path in (LIST, PAGE, FILE)]

    assert [each.headers["cache-control"].split(", ")[0] for each in answers] == ["private"] * 3
    assert ["cache-tag" in each.headers for each in answers] == [False] * 3


def test_a_refusal_is_kept_by_nobody(world: World, cache: Cache, bea: Person):
    bea.holds(f"file:{TOAST.filename}")

    held = world.anyone.gets(FILE)
    assert (held.status_code, held.headers["cache-control"]) == (404, "no-store")
