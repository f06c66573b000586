"""BASCULE_OFFLOAD: the proxy sends whole files, and everything else is as without it."""

from pathlib import Path
from random import Random

import pytest

from index.app import compose
from index.files.hot import HOT_BYTES
from index.files.offload import Offload
from index.settings import Settings
from storage.problems import Invalid
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World, a_world

WHEEL = a_wheel(files={"toasting/crumbs.bin": Random(1).randbytes(2 * HOT_BYTES)})
URL = f"/packages/{WHEEL.sha256}/{WHEEL.filename}"
VARYING = {"date", "x-request-id", "content-length"}


@pytest.fixture(params=[Offload.X_ACCEL_REDIRECT, Offload.X_SENDFILE])
def offload(request: pytest.FixtureRequest) -> Offload:
    way: Offload = request.param
    return way


@pytest.fixture
def settings(offload: Offload) -> dict[str, object]:
    return {"offload": offload}


@pytest.fixture
def usual(tmp_path: Path, template: Path):
    """Another index with the same file, which sends it itself."""
    with a_world(tmp_path / "usual", template) as world:
        assert world.somebody("ann").uploads(WHEEL).status_code == 200
        yield world.anyone


def test_a_whole_file_is_named_to_the_proxy(
    world: World, usual: Person, ann: Person, offload: Offload
):
    ann.uploads(WHEEL)

    answer = world.anyone.gets(URL)
    by_itself = usual.gets(URL)

    named = answer.headers.pop(offload)
    place = world.services.settings.data.absolute() / "blobs"
    path = place / named.removeprefix("/_blobs/")
    assert named.startswith("/_blobs/sha256/" if offload == "x-accel-redirect" else str(place))
    assert (path.read_bytes(), answer.content) == (by_itself.content, b"")
    assert _lasting(answer) == _lasting(by_itself)
    assert answer.headers["content-length"] == "0"


def test_what_is_small_comes_from_memory(world: World, usual: Person, ann: Person):
    ann.uploads(WHEEL)

    answer, by_itself = (who.gets(f"{URL}.metadata") for who in (world.anyone, usual))

    assert (answer.content, _lasting(answer)) == (by_itself.content, _lasting(by_itself))


@pytest.mark.parametrize(
    "headers",
    [
        {"range": "bytes=2-5"},
        {"range": "bytes=-7", "if-range": f'"{WHEEL.sha256}"'},
        {"range": "bytes=999999999-"},
        {"if-none-match": f'"{WHEEL.sha256}"'},
    ],
)
def test_what_is_no_whole_file_is_answered_here(
    world: World, usual: Person, ann: Person, headers: dict[str, str]
):
    ann.uploads(WHEEL)

    answer, by_itself = (who.gets(URL, headers=headers) for who in (world.anyone, usual))

    assert (answer.status_code, answer.content) == (by_itself.status_code, by_itself.content)
    assert _lasting(answer) == _lasting(by_itself)


def test_head_says_what_is_sent_in_the_end(world: World, usual: Person, ann: Person):
    ann.uploads(WHEEL)

    answer, by_itself = (who.asks("HEAD", URL) for who in (world.anyone, usual))

    assert _lasting(answer) == _lasting(by_itself)
    assert answer.headers["content-length"] == by_itself.headers["content-length"]


def test_a_held_file_and_one_that_is_missing_are_named_to_nobody(
    world: World, ann: Person, bea: Person, offload: Offload
):
    ann.uploads(WHEEL)
    undone = bea.holds(f"file:{WHEEL.filename}")
    held = world.anyone.gets(URL)
    bea.undoes(undone)
    found = world.anyone.gets(URL)
    world.services.blobs.remove(WHEEL.sha256)
    missing = world.anyone.gets(URL)

    assert [each.status_code for each in (held, found, missing)] == [404, 200, 503]
    assert [offload in each.headers for each in (held, found, missing)] == [False, True, False]


def test_without_a_folder_the_index_does_not_start(tmp_path: Path, offload: Offload):
    with pytest.raises(Invalid, match=f"BASCULE_OFFLOAD is {offload}, but the files are not in"):
        compose(Settings(data=tmp_path, blobs_url="memory:", offload=offload))


def _lasting(answer):
    return {key: value for key, value in answer.headers.items() if key not in VARYING}
