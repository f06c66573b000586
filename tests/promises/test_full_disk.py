"""A disk that is full, or cannot be written: nothing is lost, and whoever reads does not notice."""

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.kit.disks import SmallDisk, a_small_disk
from tests.kit.makers import a_wheel
from tests.kit.refusing import everything
from tests.kit.world import Person, World, a_world

KIB = 1 << 10
DISK_BYTES = 4 << 20
FULL = "The disk of the index is full: nothing was stored, and nothing was lost."
UNWRITABLE = "The disk of the index cannot be written at the moment."
DATABASE_AWAY = "The database of the index cannot be read or written at the moment."

TOAST = a_wheel()
WORDY = "Toast, toasted. " * (8 * KIB)
"""Makes a wheel of 2 KiB with metadata of 128 KiB, and a row of as much."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with a_small_disk(tmp_path / "disk", size_bytes=DISK_BYTES) as disk:
        yield disk


@pytest.fixture
def world(disk: SmallDisk, template: Path) -> Iterator[World]:
    """An index with everything on a small disk."""
    with a_world(disk.folder / "data", template) as running:
        yield running
        disk.is_emptied()


def test_a_disk_that_fills_at_any_byte_refuses_the_upload_and_loses_nothing(
    world: World, ann: Person, anyone: Person, disk: SmallDisk
):
    ann.uploads(TOAST)
    stages = set()
    for left_bytes in range(0, 320 * KIB, 8 * KIB):
        waffle = a_wheel("waffle", f"1.{left_bytes}", description=WORDY)
        before = everything(world.services)
        disk.is_filled_but(left_bytes)

        answer = ann.uploads(waffle)

        assert anyone.sees("toasting") == [TOAST.filename]
        assert anyone.downloads(TOAST).content == TOAST.content
        assert (waffle.filename in anyone.sees("waffle")) == (answer.status_code == 200)
        disk.is_emptied()
        swept, _ = world.sweep()
        stages.add("accepted" if answer.status_code == 200 else "commit" if swept else "bytes")
        if answer.status_code != 200:
            assert (answer.status_code, answer.text[: len(FULL)]) == (507, FULL)
            assert everything(world.services) == before

    assert stages == {"bytes", "commit", "accepted"}


def test_a_large_file_that_does_not_fit_is_refused_while_it_comes(
    world: World, ann: Person, disk: SmallDisk
):
    before = everything(world.services)
    heavy = a_wheel("crumpet", files={"crumbs": Random(1).randbytes(3 << 20)})
    disk.is_filled_but(1 << 20)

    answer = ann.uploads(heavy)

    assert (answer.status_code, answer.text[: len(FULL)]) == (507, FULL)
    assert everything(world.services) == before
    disk.is_emptied()
    assert ann.uploads(heavy).status_code == 200


def test_a_decision_that_a_full_disk_refuses_can_be_made_later(
    world: World, ann: Person, bea: Person, anyone: Person, disk: SmallDisk
):
    ann.uploads(TOAST)
    disk.is_filled_but(0)

    tried = (bea.decides("hold", "project:toasting", private_note="x" * 2000) for _ in range(500))
    refused = next(answer for answer in tried if answer.status_code != 201)

    assert (refused.status_code, refused.text) == (507, FULL)
    assert anyone.gets("/readyz").status_code == 507
    disk.is_emptied()
    world.clock.passes(seconds=1)
    assert bea.decides("hold", "project:toasting").status_code == 201
    assert anyone.gets("/readyz").status_code == 200


def test_blobs_that_cannot_be_written_stop_uploads_alone(
    tmp_path: Path, template: Path, disk: SmallDisk
):
    with a_world(tmp_path / "data", template, blobs_url=disk.folder.as_uri()) as world:
        ann, anyone = world.somebody("ann"), world.anyone
        ann.uploads(TOAST)
        disk.is_mounted("ro")

        refused = ann.uploads(a_wheel(version="2.0"))

        assert (refused.status_code, refused.text) == (503, UNWRITABLE)
        assert refused.headers["retry-after"] == "5"
        assert anyone.gets("/readyz").status_code == 503
        assert anyone.sees("toasting") == [TOAST.filename]
        assert anyone.downloads(TOAST).content == TOAST.content
        disk.is_mounted("rw")
        assert ann.uploads(a_wheel(version="2.0")).status_code == 200
        assert world.sweep() == (0, 0)


def test_a_database_that_cannot_be_written_is_told_in_a_sentence(
    world: World, ann: Person, anyone: Person, disk: SmallDisk
):
    ann.uploads(TOAST)
    before = everything(world.services)
    world.services.database.close()
    disk.is_mounted("ro")

    for answer in (ann.uploads(a_wheel(version="2.0")), anyone.gets("/simple/toasting/")):
        assert (answer.status_code, answer.text) == (503, DATABASE_AWAY)

    disk.is_mounted("rw")
    assert everything(world.services) == before
    assert ann.uploads(a_wheel(version="2.0")).status_code == 200
