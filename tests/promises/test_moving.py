"""`bascule migrate --to` brings all of an index, and leaves a place that only answers reads."""

from pathlib import Path

import pytest

from index.signing import KEY_FILE
from tests.kit.makers import a_wheel
from tests.kit.places import Place
from tests.kit.postgres import PASSWORD
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

TOAST, HELD, OTHER = (a_wheel(name, "1.0") for name in ("toasting", "burnt", "crumpets"))
WHOLE = "Everything is as it should be.\n"
MOVED = "The index has moved to another database: nothing is written here any more."


@pytest.fixture
def database_url() -> str:
    """Only rows of SQLite move."""
    return ""


@pytest.fixture
def here(world: World, ann: Person, bea: Person) -> Terminal:
    """The terminal of an index that has a file, and a held one."""
    for archive in (TOAST, HELD):
        assert ann.uploads(archive).status_code == 200
    bea.holds("project:burnt")
    terminal = Terminal(world.services.settings.data)
    terminal.says("migrate")
    terminal.says("journal", "checkpoint")
    return terminal


@pytest.fixture
def there(tmp_path: Path) -> Terminal:
    """The terminal of another machine."""
    return Terminal(tmp_path / "there")


def test_all_that_was_here_is_there_and_the_old_place_only_answers_reads(
    here: Terminal, there: Terminal, place: Place, ann: Person, bea: Person, anyone: Person
):
    said = here.says("migrate", *place.words, env=place.keys)

    assert there.says("check", env=place.env) == WHOLE
    for words in (("holds",), ("journal", "verify"), ("decisions",)):
        assert there.says(*words, env=place.env) == here.says(*words)
    assert there.says("undo", "1", "--reason", "A mistake.", env=place.env)
    assert anyone.sees("toasting") == [TOAST.filename]
    assert anyone.downloads(TOAST).content == TOAST.content
    for refused in (ann.uploads(OTHER), ann.yanks(TOAST), bea.decides("hold", "project:toasting")):
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert MOVED in refused.text
    assert PASSWORD not in said
    assert f"need {here.folder / KEY_FILE}, too" in said
    assert f"  BASCULE_BLOBS_URL={place.settings['blobs_url']}\n" in said


def test_a_move_that_was_called_off_is_forgotten_and_can_be_made_again(
    here: Terminal, there: Terminal, place: Place, ann: Person
):
    here.says("migrate", *place.words, env=place.keys)
    assert MOVED in here.refuses("migrate", *place.words, env=place.keys)
    here.says("migrate", "--stay")
    assert ann.uploads(OTHER).status_code == 200

    here.says("migrate", *place.words, env=place.keys)

    assert there.says("check", env=place.env) == WHOLE
    assert there.says("journal", "verify", env=place.env) == here.says("journal", "verify")
    here.says("migrate", "--stay")


def test_an_index_that_is_there_already_stays_as_it_was(
    here: Terminal, there: Terminal, place: Place, ann: Person
):
    there.says("account", "add", "bob", env=place.env)
    before = there.says("journal", "show", env=place.env)

    refused = here.refuses("migrate", *place.words, env=place.keys)
    assert "There is an index in that database already, and it stays as it is." in refused
    there.says("migrate", env=place.env)
    only_blobs = here.refuses("migrate", *place.words[2:], env=place.keys)
    assert "There are blobs of another index in s3://" in only_blobs
    assert there.says("journal", "show", env=place.env) == before
    assert ann.uploads(OTHER).status_code == 200


def test_rows_move_alone(here: Terminal, place: Place, ann: Person):
    here.says("migrate", "--to", place.url)

    assert here.says("check", env={"BASCULE_DATABASE_URL": place.url}) == WHOLE
    assert MOVED in ann.uploads(OTHER).text
    here.says("migrate", "--stay")


def test_what_cannot_be_moved_is_refused(here: Terminal, tmp_path: Path, place: Place):
    folder = (here.folder / "blobs").as_uri()

    assert "no other way" in here.refuses("migrate", "--to", f"sqlite:///{tmp_path}/other")
    assert "no other way" in here.refuses("migrate", "--to", place.url, env=place.env)
    assert "out of a folder" in here.refuses("migrate", "--blobs-to", folder, env=place.env)
    assert "are in" in here.refuses("migrate", "--blobs-to", folder)
    assert "to where they stay" in here.refuses("migrate", "--blobs-to", "memory:")
    assert "give --stay alone" in here.refuses("migrate", "--stay", "--blobs-to", folder)
    assert here.says("check") == WHOLE
