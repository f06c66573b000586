"""What an operator may rely on at a terminal, whatever is typed and whatever is stored."""

import os
import pwd
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import text

from tests.kit.commands import bascule, on_a_terminal
from tests.kit.live import a_server
from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
DRESSED = "see [/docs] for\n\x1b]0;more\x07 \u202eerom"
NAKED = r"see [/docs] for \x1b]0;more\x07 \u202eerom"
SCHEMA = "The database has not the schema of this release. Run bascule migrate."
DAMAGED = (
    "The database of the index is damaged, or is no database. Stop the server and restore a backup."
)
BESIDE_THE_SERVER = (
    ("status",),
    ("check",),
    ("sweep",),
    ("journal", "verify"),
    ("hold", "project:toasting", "--reason", "Odd."),
    ("yank", "release:toasting/1.0"),
    ("account", "list"),
    ("token", "add", "ann"),
    ("member", "add", "toasting", "bob"),
)


@pytest.fixture
def terminal(world: World) -> Terminal:
    """The command line of the world."""
    return Terminal(world.services.settings.data)


@pytest.mark.parametrize("words", BESIDE_THE_SERVER, ids=" ".join)
def test_a_command_makes_no_index_where_there_is_none(tmp_path: Path, words: tuple[str, ...]):
    nowhere = tmp_path / "nowhere"

    assert Terminal(nowhere).refuses(*words) == (
        f"There is no index in {nowhere}. Start it with bascule serve, or give another --data."
    )
    assert not nowhere.exists()


@pytest.mark.parametrize("words", [("account", "add", "ann"), ("migrate",)], ids=" ".join)
def test_what_comes_first_makes_the_index(tmp_path: Path, words: tuple[str, ...]):
    Terminal(tmp_path / "new").says(*words)

    assert "accounts" in Terminal(tmp_path / "new").says("status")
    assert Terminal(tmp_path / "new").says("sweep") == (
        "Removed 0 blobs and 0 drafts that nothing referred to.\n"
    )


@pytest.mark.parametrize("version", ["0001", "9999"])
@pytest.mark.parametrize("words", BESIDE_THE_SERVER, ids=" ".join)
def test_a_command_leaves_another_schema_alone(
    world: World, terminal: Terminal, words: tuple[str, ...], version: str
):
    change = text(f"UPDATE alembic_version SET version_num = '{version}'")
    world.services.database.write_now(lambda tx: tx.execute(change))

    assert (
        terminal.refuses(*words)
        == {
            "0001": SCHEMA,
            "9999": "This index was written by a newer Bascule (schema 9999). "
            "Start that version again, or restore a backup made before the upgrade.",
        }[version]
    )


def test_no_index_sweeps_or_takes_the_blobs_of_another(tmp_path: Path):
    one, other = tmp_path / "one", tmp_path / "other"
    blobs = one / "blobs"
    blob = blobs / "sha256" / "ab" / f"ab{'0' * 62}"
    for folder in (one, other):
        Terminal(folder).says("migrate")
    blob.parent.mkdir()
    blob.write_bytes(b"toast")

    told = (
        f"bascule: The blobs in {blobs} belong to another index.\n         If they are of this "
        f"one, remove {blobs / 'index-id'} and run bascule migrate.\n"
    )
    for word in ("sweep", "migrate", "serve"):
        assert bascule(other, word, BASCULE_BLOBS_URL=blobs.as_uri()) == (1, "", told)
    assert blob.read_bytes() == b"toast"
    assert Terminal(one).says("sweep").startswith("Removed 1 blobs")


def test_a_sweep_of_blobs_that_say_no_id_is_refused(tmp_path: Path):
    Terminal(tmp_path).says("migrate")
    (tmp_path / "blobs" / "index-id").unlink()

    assert "belong to another index" in Terminal(tmp_path).refuses("sweep")
    Terminal(tmp_path).says("migrate")
    assert "Removed 0 blobs" in Terminal(tmp_path).says("sweep")


def test_a_reason_is_shown_as_it_is_and_moves_no_cursor(
    world: World, terminal: Terminal, ann: Person
):
    ann.uploads(TOAST)
    ann.yanks(TOAST, DRESSED)

    shown = on_a_terminal(terminal.folder, "journal", "show")
    piped = terminal.says("journal", "show")
    assert (NAKED in shown, NAKED in piped) == (True, True)
    assert [mark for mark in ("\x1b]", "\x07", "\u202e") if mark in shown + piped] == []


def test_a_refusal_moves_no_cursor(terminal: Terminal):
    code, out, err = bascule(terminal.folder, "account", "password", "a\x1b[2J", typed="x" * 10)

    assert (code, out, err) == (1, "", "bascule: There is no account a\\x1b[2J.\n")


@pytest.mark.parametrize("workers", ["1", "2"])
def test_nobody_else_can_read_what_the_index_keeps(tmp_path: Path, workers: str):
    with a_server(tmp_path / "in" / "data", workers=workers) as server:
        server.publish(server.a_token("ann"), TOAST)
        paths = [tmp_path / "in", *(tmp_path / "in").rglob("*")]
        open_to_others = [str(path) for path in paths if S_IMODE(path.stat().st_mode) & 0o077]

    assert {"bascule.sqlite", TOAST.sha256} <= {path.name for path in paths}
    assert open_to_others == []


@pytest.mark.parametrize("name", ["a?b", "a#b", "a%20b", "a b", "é"])
def test_the_database_is_in_the_folder_whatever_its_name(tmp_path: Path, name: str):
    Terminal(tmp_path / name).says("migrate")

    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (tmp_path / name / "bascule.sqlite").exists()


@pytest.mark.parametrize(
    "words",
    [
        ("undo", "9" * 20),
        ("undo", "0"),
        ("journal", "show", "--since", "9" * 20),
        ("journal", "show", "--since", "-1"),
        ("journal", "show", "--limit", "9" * 20),
        ("decisions", "--limit", "-1"),
        ("holds", "--limit", "0"),
    ],
    ids=" ".join,
)
def test_a_number_out_of_bounds_is_not_understood(terminal: Terminal, words: tuple[str, ...]):
    code, out, err = bascule(terminal.folder, *words)

    assert (code, out, "Input should be" in err) == (2, "", True)


def test_the_largest_numbers_are_only_numbers(terminal: Terminal):
    most = str((1 << 63) - 1)

    assert terminal.says("journal", "show", "--since", most, "--limit", most) == ""
    assert terminal.refuses("undo", most).startswith("There is no decision")


def test_words_that_are_no_text_are_refused(terminal: Terminal):
    assert bascule(terminal.folder, "hold", b"file:\xff", "--reason", "Odd.") == (
        1,
        "",
        "bascule: 'file:\\udcff' is not UTF-8.\n",
    )


def test_a_password_that_is_no_text_is_refused(terminal: Terminal):
    assert bascule(terminal.folder, "account", "password", "ann", typed="\udcff" * 10) == (
        1,
        "",
        "bascule: The password is not UTF-8.\n",
    )


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    (tmp_path / "bascule.sqlite").write_bytes(b"This is no database. " * 200)

    assert Terminal(tmp_path).refuses("status") == DAMAGED
    assert Terminal(tmp_path).refuses("migrate") == DAMAGED


def test_a_damaged_database_is_told(tmp_path: Path):
    Terminal(tmp_path).says("migrate")
    file = tmp_path / "bascule.sqlite"
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * 1_000_000)

    assert Terminal(tmp_path).refuses("status") == DAMAGED


def test_a_folder_that_cannot_be_one_is_told(tmp_path: Path):
    (tmp_path / "file").touch()

    assert Terminal(tmp_path / "file").refuses("migrate") == (
        f"The folder {tmp_path / 'file'} cannot be made: File exists."
    )


def test_who_runs_a_command_is_no_matter_of_the_environment(terminal: Terminal, ann: Person):
    said = bascule(terminal.folder, "account", "add", "kim", LOGNAME="bea", USER="bea")
    assert said == (0, "The account kim is here, as uploader.\n", "")

    me = pwd.getpwuid(os.getuid()).pw_name
    assert f"\toperator:{me}\taccount-add\t" in terminal.says("journal", "show")


def test_a_terminal_does_not_show_a_password(terminal: Terminal, ann: Person):
    shown = on_a_terminal(
        terminal.folder,
        *("account", "password", "ann"),
        typed="correct horse battery\n",
        after="New password: ",
    )

    assert shown == "New password: \nThe account ann has a new password.\n"


@pytest.mark.parametrize("project", ["", "-", "a b", "toast!", "ä", "x" * 256])
def test_a_token_is_for_a_project_that_can_be(terminal: Terminal, ann: Person, project: str):
    assert terminal.refuses("token", "add", "ann", "--project", project) == (
        f"{project[:100]!r} cannot be the name of a project."
    )


def test_a_token_is_for_its_project_in_any_spelling(terminal: Terminal, ann: Person):
    terminal.says("token", "add", "ann", "--project", "Big._.Toast")

    assert "\tupload\tbig-toast\t" in terminal.says("token", "list", "ann")
