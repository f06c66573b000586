"""Whatever is done to the journal behind our back is found, and the first wrong entry named."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage import journal, verifying
from storage.database import Database, Transaction
from storage.verifying import Wrong
from tests.kit.clock import START
from tests.kit.makers import a_wheel
from tests.kit.world import Person, World

Row = dict[str, Any]

TOAST = a_wheel("toasting", "1.0")
COLUMNS = ("at", "actor", "act", "subject", "payload_hash", "previous_hash", "hash", "payload")
LATER = "2027-01-01 00:00:00.000000"
ODD = ["", "x", LATER, LATER.replace(" ", "T"), 7, 7.5, b"x", "0" * 64]


@pytest.fixture(scope="module")
def database(template: Path) -> Iterator[Database]:
    """An empty database, in which nothing is ever committed."""
    database = Database(f"sqlite:///{template}")
    yield database
    database.close()


def change(rows: list[Row], draw: Any) -> int:
    """One thing in one entry."""
    at, column = draw(st.integers(0, len(rows) - 1)), draw(st.sampled_from(COLUMNS))
    new = draw(st.sampled_from([odd for odd in ODD if odd != rows[at][column]]))
    rows[at] = {**rows[at], column: new}
    return at + 1


def leave_out(rows: list[Row], draw: Any) -> int:
    """Some entries that others follow."""
    first = draw(st.integers(0, len(rows) - 2))
    del rows[first : draw(st.integers(first + 1, len(rows) - 1))]
    return first + 1


def put_in(rows: list[Row], draw: Any) -> int:
    """An entry where another is: that and the later ones move up."""
    at = draw(st.integers(0, len(rows) - 1))
    for row in rows[at:]:
        row["serial"] += 1
    rows.insert(at, {**rows[at], "serial": at + 1, "act": "yank"})
    return at + 1


def put_before(rows: list[Row], _draw: Any) -> int:
    """An entry before the first."""
    rows.insert(0, {**rows[0], "serial": 0})
    return 0


def exchange(rows: list[Row], draw: Any) -> int:
    """Two entries."""
    first = draw(st.integers(0, len(rows) - 2))
    second = draw(st.integers(first + 1, len(rows) - 1))
    serials = rows[first]["serial"], rows[second]["serial"]
    rows[first], rows[second] = rows[second], rows[first]
    rows[first]["serial"], rows[second]["serial"] = serials
    return first + 1


def lose(rows: list[Row], draw: Any) -> int:
    """A payload."""
    at = draw(st.integers(0, len(rows) - 1))
    rows[at]["payload"] = None
    return at + 1


def write_one_anew(rows: list[Row], draw: Any) -> int:
    """An entry that others follow, with a hash that is right."""
    at = draw(st.integers(0, len(rows) - 2))
    _forge(rows[at], rows[at]["previous_hash"])
    return at + 1


def write_all_anew(rows: list[Row], draw: Any) -> int:
    """An entry and all that follow, so that the chain is whole."""
    at = draw(st.integers(0, len(rows) - 1))
    previous = rows[at]["previous_hash"]
    for row in rows[at:]:
        _forge(row, previous)
        previous = row["hash"]
    return at + 1


def cut_off(rows: list[Row], draw: Any) -> int:
    """The last entries."""
    first = draw(st.integers(0, len(rows) - 1))
    del rows[first:]
    return first + 1


PLAIN = [change, leave_out, put_in, put_before, exchange, lose, write_one_anew]


@pytest.mark.parametrize("tamper", PLAIN, ids=lambda tamper: tamper.__name__)
@settings(max_examples=25, deadline=None)
@given(chance=st.data())
def test_the_first_wrong_entry_is_named(database: Database, tamper: Any, chance: st.DataObject):
    database.rehearse_now(_tampered, tamper, chance)


def _tampered(tx: Transaction, tamper: Any, chance: st.DataObject) -> None:
    rows = _written(tx, chance.draw(st.integers(2, 7)))
    assert verifying.verify_within(tx) == len(rows)
    wrong = tamper(rows, chance.draw)
    _write(tx, rows)

    with pytest.raises(Wrong) as caught:
        verifying.verify_within(tx)
    assert caught.value.serial == wrong


@settings(max_examples=40, deadline=None)
@given(chance=st.data(), tamper=st.sampled_from([write_all_anew, cut_off]))
def test_a_journal_that_is_whole_but_another_is_found_by_what_was_signed(
    database: Database, chance: st.DataObject, tamper: Any
):
    database.rehearse_now(_signed_and_tampered, tamper, chance)


def _signed_and_tampered(tx: Transaction, tamper: Any, chance: st.DataObject) -> None:
    rows = _written(tx, chance.draw(st.integers(2, 7)))
    serials = chance.draw(st.sets(st.integers(1, len(rows)), min_size=1))
    signed = {serial: rows[serial - 1]["hash"] for serial in serials}
    assert verifying.verify_within(tx, signed=signed) == len(rows)
    wrong = tamper(rows, chance.draw)
    _write(tx, rows)

    assert verifying.verify_within(tx) == len(rows)
    if wrong > max(serials):
        assert verifying.verify_within(tx, signed=signed) == len(rows)
        return
    with pytest.raises(Wrong) as caught:
        verifying.verify_within(tx, signed=signed)
    before = max((serial for serial in serials if serial < wrong), default=0)
    expected = wrong if tamper is cut_off else before + 1
    assert caught.value.serial == expected


def test_a_long_journal_is_read_in_pieces_that_hang_together(database: Database):
    def ask(tx: Transaction) -> None:
        count = 2 * verifying.BATCH_ENTRIES
        rows = _written(tx, count)
        assert verifying.verify_within(tx) == count
        tx.execute(text(f"DELETE FROM payloads WHERE serial = {count // 2 + 1}"))

        with pytest.raises(Wrong) as caught:
            verifying.verify_within(tx)
        assert (caught.value.serial, len(rows)) == (count // 2 + 1, count)

    database.rehearse_now(ask)


def _written(tx: Transaction, count: int) -> list[Row]:
    for number in range(count):
        journal.append(
            tx,
            at=START + timedelta(seconds=number),
            actor="account:ann",
            act="upload",
            subject=f"file:toast-{number}.whl",
            reason=f"Because of {number}.",
        )
    query = "SELECT * FROM entries LEFT JOIN payloads USING (serial) ORDER BY serial"
    return [dict(row) for row in tx.execute(text(query)).mappings()]


def _write(tx: Transaction, rows: list[Row]) -> None:
    """Let the journal consist of these rows."""
    for table in ("payloads", "entries"):
        tx.execute(text(f"DELETE FROM {table}"))
    names = ("serial", *COLUMNS[:-1])
    places = ", ".join(f":{name}" for name in names)
    for row in rows:
        tx.execute(text(f"INSERT INTO entries ({', '.join(names)}) VALUES ({places})"), row)
        if row["payload"] is not None:
            tx.execute(text("INSERT INTO payloads VALUES (:serial, :payload)"), row)


def _forge(row: Row, previous_hash: str) -> None:
    row |= {"act": "yank", "previous_hash": previous_hash}
    moment = row["at"].replace(" ", "T") + "+00:00"
    row["hash"] = journal.chained(
        row["serial"],
        moment,
        row["actor"],
        "yank",
        row["subject"],
        row["payload_hash"],
        previous_hash,
    )


@pytest.mark.on_sqlite
@pytest.mark.parametrize("table_column", ["entries.subject", "entries.at", "payloads.payload"])
def test_text_that_is_no_text_is_named(world: World, ann: Person, table_column: str):
    table, column = table_column.split(".")
    sql = text(f"UPDATE {table} SET {column} = CAST(x'ff' AS TEXT) WHERE serial = 3")
    world.services.database.write_now(lambda tx: tx.execute(sql))

    with pytest.raises(Wrong) as caught:
        verifying.verify(world.services.database)
    assert caught.value.serial == 3


def test_moderators_are_told_which_entry_is_wrong(world: World, ann: Person, bea: Person):
    ann.uploads(TOAST)
    path, whole = "/api/moderation/journal/verify", len(world.journal)
    assert bea.gets(path).json() == {
        "valid": True,
        "entries": whole,
        "fault": None,
        "first_wrong_serial": None,
    }

    world.services.database.write_now(
        lambda tx: tx.execute(text("UPDATE entries SET actor = 'account:bob' WHERE serial = 3"))
    )

    assert bea.gets(path).json() == {
        "valid": False,
        "entries": 2,
        "fault": "Entry 3 of the journal was changed or moved.",
        "first_wrong_serial": 3,
    }
