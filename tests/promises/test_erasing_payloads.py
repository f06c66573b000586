"""Personal data can be erased from the journal for good, and the chain stays whole."""

from pathlib import Path

import pytest
from sqlalchemy import text

from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

TOAST = a_wheel("toasting", "1.0")
NAME = "Jane Q. Public of 12 Butter Lane"


@pytest.fixture
def terminal(world: World) -> Terminal:
    """Whoever runs the index."""
    return Terminal(world.services.settings.data)


def test_an_erased_payload_is_gone_and_the_journal_is_whole(
    world: World, ann: Person, bea: Person, terminal: Terminal
):
    ann.uploads(TOAST)
    ann.yanks(TOAST, NAME)
    ann.unyanks(TOAST)
    (serial,) = [entry.serial for entry in world.journal if entry.act == "yank"]
    last = world.journal[-1].serial

    said = terminal.says("journal", "erase", str(serial), "--reason", "She asked for it.")

    assert said == f"Erased 1 payloads; entry {last + 1} says so.\n"
    assert terminal.says("journal", "verify").startswith(f"All {last + 1} entries")
    shown = bea.gets(f"/api/moderation/journal?since={serial - 1}").json()["entries"]
    assert {key: shown[0][key] for key in ("serial", "act", "reason", "details", "erased")} == {
        "serial": serial,
        "act": "yank",
        "reason": "",
        "details": {},
        "erased": True,
    }
    assert (shown[1]["erased"], shown[-1]["act"]) == (False, "payload-erase")
    assert shown[-1]["actor"].startswith("operator:")
    assert (shown[-1]["reason"], shown[-1]["details"]) == (
        "She asked for it.",
        {"serials": [serial]},
    )
    assert "\t(erased)\n" in terminal.says("journal", "show")


@pytest.mark.on_sqlite
def test_nothing_of_it_is_left_in_the_file(world: World, ann: Person, terminal: Terminal):
    ann.uploads(TOAST)
    ann.yanks(TOAST, NAME * 30)  # More than what comes after it would cover.
    ann.unyanks(TOAST)
    assert NAME.encode() in _stored(world)
    yank = str(next(entry.serial for entry in world.journal if entry.act == "yank"))

    terminal.says("journal", "erase", yank, "--reason", "She asked for it.")

    assert NAME.encode() not in _stored(world)


def test_a_payload_that_is_gone_without_an_erasure_is_named(
    world: World, ann: Person, terminal: Terminal
):
    ann.uploads(TOAST)
    terminal.says("journal", "erase", "2", "3", "--reason", "She asked for it.")
    world.services.database.write_now(
        lambda tx: tx.execute(text("DELETE FROM payloads WHERE serial = 1"))
    )

    assert (
        terminal.refuses("journal", "verify") == "The payload of entry 1 of the journal is missing."
    )


def test_what_cannot_be_erased_is_refused_and_nothing_is(
    world: World, ann: Person, terminal: Terminal
):
    ann.uploads(TOAST)
    terminal.says("journal", "erase", "2", "2", "--reason", "She asked for it.")
    before = world.journal
    last = str(before[-1].serial)

    def refused(*words: str) -> str:
        return terminal.refuses("journal", "erase", "1", *words)

    assert refused("2", "--reason", "Again.") == (
        "There is no entry 2 with a payload in the journal."
    )
    assert refused("99", "--reason", "None.") == (
        "There is no entry 99 with a payload in the journal."
    )
    assert refused(last, "--reason", "No trace.") == (
        f"Entry {last} says what was erased, and has to go on saying it."
    )
    assert refused("--reason", " ") == "Say why. The journal keeps it."
    assert world.journal == before


def _stored(world: World) -> bytes:
    world.services.database.close()  # What was written goes from the log into the file.
    return b"".join(path.read_bytes() for path in _files(world.services.settings.data))


def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("bascule.sqlite*"))
