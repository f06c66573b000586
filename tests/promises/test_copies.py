"""`bascule backup` and `restore`: a copy is of one moment, whole, and an index like the other."""

import json
import os
import threading
from pathlib import Path

import httpx2
import pytest

from index.signing import KEY_FILE
from tests.kit.live import Server, a_server
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.terminal import Terminal
from tests.kit.world import JSON, Person, World

TOAST, SDIST = a_wheel("toasting", "1.0"), an_sdist("toasting", "1.0")
HELD, OTHER = a_wheel("burnt", "1.0"), a_wheel("crumpets", "1.0")
WHOLE = "Everything is as it should be.\n"


@pytest.fixture
def here(world: World, ann: Person, bea: Person) -> Terminal:
    """The terminal of an index that has something of everything."""
    for archive in (TOAST, SDIST, HELD):
        assert ann.uploads(archive).status_code == 200
    bea.holds("project:burnt")
    terminal = Terminal(world.services.settings.data)
    terminal.says("migrate")
    terminal.says("journal", "checkpoint")
    return terminal


@pytest.fixture
def copy(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "copy")


@pytest.fixture
def there(tmp_path: Path) -> Terminal:
    return Terminal(tmp_path / "there")


@pytest.mark.slow
def test_a_copy_that_was_made_while_others_uploaded_answers_byte_for_byte(tmp_path: Path):
    wheels = [a_wheel(f"toast{number}", "1.0") for number in range(24)]
    with a_server(tmp_path / "data", trusted_projects_per_day="1000") as server:
        token = server.a_token("ann")
        server.publish(token, *wheels[:8])
        uploading = threading.Thread(target=server.publish, args=(token, *wheels[8:]))
        uploading.start()
        server.bascule("backup", str(tmp_path / "early"))
        uploading.join()
        server.bascule("backup", str(tmp_path / "late"))
        early, late = (_restored(server, tmp_path, name) for name in ("early", "late"))
        with a_server(early) as was, a_server(late) as same:
            count = len(json.loads(_answers(was, ["/simple/"])[0][1])["projects"])
            assert 8 <= count <= 24
            earlier = [path for wheel in wheels[:count] for path in _paths(wheel)]
            every = ["/simple/", *(path for wheel in wheels for path in _paths(wheel))]
            assert _answers(was, earlier) == _answers(server, earlier)
            assert _answers(same, every) == _answers(server, every)


def test_what_is_held_stays_held_and_can_be_undone(here: Terminal, copy: Terminal, there: Terminal):
    here.says("backup", str(copy.folder))
    there.says("restore", str(copy.folder))

    for terminal in (copy, there):
        assert terminal.says("check") == WHOLE
        assert terminal.says("holds") == here.says("holds")
        assert terminal.says("journal", "verify") == here.says("journal", "verify")
        assert terminal.says("journal", "key") == here.says("journal", "key")
        assert terminal.says("sweep").startswith("Removed 0 blobs")
    assert there.says("undo", "1", "--reason", "A mistake.")


def test_a_second_copy_brings_what_is_new_alone(here: Terminal, copy: Terminal, ann: Person):
    first = here.says("backup", str(copy.folder))
    ann.uploads(OTHER)
    second = here.says("backup", str(copy.folder))

    assert first == f"Copied the index, and 5 blobs that were not in {copy.folder} yet.\n"
    assert second == f"Copied the index, and 2 blobs that were not in {copy.folder} yet.\n"
    assert copy.says("check") == WHOLE


def test_what_was_interrupted_goes_on(here: Terminal, copy: Terminal, there: Terminal):
    here.says("backup", str(copy.folder))
    whole = _blobs(copy)
    lost = whole[0].read_bytes()
    whole[0].write_bytes(b"burnt")
    assert "has other bytes than its name says" in there.refuses("restore", str(copy.folder))
    assert "There is no index in" in there.refuses("status")
    whole[0].write_bytes(lost)

    assert there.says("restore", str(copy.folder)).startswith("Restored the index, and ")

    assert there.says("check") == WHOLE
    assert [path.name for path in _blobs(there)] == [path.name for path in _blobs(copy)]


def test_a_blob_that_was_changed_leaves_the_earlier_copy_as_it_was(
    here: Terminal, copy: Terminal, world: World, ann: Person
):
    here.says("backup", str(copy.folder))
    before = copy.says("status")
    ann.uploads(OTHER)
    place = world.services.blobs.place(OTHER.sha256)
    assert place is not None
    content = place.read_bytes()
    place.write_bytes(b"burnt")

    assert f"The blob {OTHER.sha256} has other bytes" in here.refuses("backup", str(copy.folder))
    assert (copy.says("status"), copy.says("check")) == (before, WHOLE)
    place.write_bytes(content)


def test_nothing_is_restored_over_anything(here: Terminal, copy: Terminal, there: Terminal):
    here.says("backup", str(copy.folder))
    there.folder.mkdir()
    (there.folder / "letter").write_text("Dear ann")

    assert "so nothing was restored" in here.refuses("restore", str(copy.folder))
    assert "is not empty, so nothing was restored" in there.refuses("restore", str(copy.folder))
    assert os.listdir(there.folder) == ["letter"]


def test_a_copy_of_another_index_is_not_written_over(
    here: Terminal, copy: Terminal, there: Terminal
):
    there.says("migrate")
    there.says("backup", str(copy.folder))
    before = copy.says("status")

    assert "is no copy of this one" in here.refuses("backup", str(copy.folder))
    assert copy.says("status") == before


def test_an_index_is_not_copied_onto_itself_nor_onto_one_in_use(
    here: Terminal, copy: Terminal, there: Terminal
):
    here.says("backup", str(copy.folder))
    there.says("restore", str(copy.folder))
    before = here.says("status")

    for terminal, folder in ((here, here.folder), (copy, copy.folder), (here, there.folder)):
        assert "is no copy of this one" in terminal.refuses("backup", str(folder))
    assert here.says("status") == before
    assert [each.says("check") for each in (here, copy, there)] == [WHOLE] * 3


def test_without_a_copy_nothing_is_made(there: Terminal, tmp_path: Path):
    refused = there.refuses("restore", str(tmp_path / "nowhere"))

    assert refused == f"There is no copy of an index in {tmp_path / 'nowhere'}."
    assert not there.folder.exists()


def test_nobody_else_can_read_the_key_in_a_copy(here: Terminal, copy: Terminal):
    here.says("backup", str(copy.folder))

    assert (copy.folder / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert copy.folder.stat().st_mode & 0o777 == 0o700


def _restored(server: Server, folder: Path, name: str) -> Path:
    """Where the copy of that name was restored to, whole."""
    place = folder / f"restored-{name}"
    terminal = Terminal(place)
    terminal.says("restore", str(folder / name))
    assert terminal.says("check") == WHOLE
    return place


def _paths(wheel: Archive) -> list[str]:
    file = f"/packages/{wheel.sha256}/{wheel.filename}"
    return [f"/simple/{wheel.filename.partition('-')[0]}/", file, f"{file}.metadata"]


def _answers(server: Server, paths: list[str]) -> list[tuple[int, bytes, str]]:
    with httpx2.Client(base_url=server.url) as client:
        answers = [
            client.get(path, headers={"accept": accept})
            for path in paths
            for accept in (JSON, "text/html")
        ]
    return [(each.status_code, each.content, each.headers["etag"]) for each in answers]


def _blobs(terminal: Terminal) -> list[Path]:
    return sorted(path for path in (terminal.folder / "blobs" / "sha256").rglob("*/*"))
