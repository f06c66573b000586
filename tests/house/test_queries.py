"""What a request costs does not grow with what is in the index, and no question scans a table."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import event

from storage.database import Database, Transaction
from tests.kit.makers import a_wheel, an_sdist
from tests.kit.world import JSON, Person, World

TOAST = a_wheel("toasting", "1.0")
MANY = [a_wheel("toasting", f"2.{number}") for number in range(29)]
NEWEST = "FROM entries ORDER BY entries.serial DESC"
"""The newest entry is the last row: SQLite calls it a scan and reads one."""

SELECTED = ("SCAN CONSTANT ROW", "SCAN a_part")
"""What a query selected itself, and so many rows at most."""

SPAM = {"subject": "project:toasting", "kind": "spam", "summary": "Spam."}

Statement = tuple[str, Any]

People = Mapping[str, Person]
ONE: Mapping[str, Callable[[People], Response]] = {
    "the page": lambda who: who["anyone"].gets("/simple/toasting/"),
    "the page as JSON": lambda who: who["anyone"].gets(
        "/simple/toasting/", headers={"accept": JSON}
    ),
    "a file": lambda who: who["anyone"].downloads(TOAST),
    "its metadata": lambda who: who["anyone"].downloads(TOAST, ".metadata"),
    "legacy JSON": lambda who: who["anyone"].gets("/pypi/toasting/json"),
    "legacy JSON of a version": lambda who: who["anyone"].gets("/pypi/toasting/1.0/json"),
    "its feed": lambda who: who["anyone"].gets("/rss/project/toasting/releases.xml"),
    "an upload": lambda who: who["ann"].uploads(an_sdist("toasting", "1.0")),
    "a yank": lambda who: who["ann"].yanks("toasting/1.0"),
    "a withdrawal": lambda who: who["ann"].withdraws("toasting/1.0"),
    "its end": lambda who: who["ann"].restores("toasting/1.0"),
    "a hold": lambda who: who["bea"].decides("hold", "release:toasting/1.0"),
    "a quarantined page": lambda who: who["anyone"].gets("/simple/crumpets/"),
    "a release": lambda who: who["bea"].decides("release", "release:toasting/1.0"),
    "a case": lambda who: who["bea"].gets("/api/moderation/cases/1"),
    "a report": lambda who: who["bea"].asks("POST", "/api/reports", json=SPAM),
    "a caller": lambda who: who["ann"].gets("/api/me"),
    "an appeal": lambda who: who["ann"].asks(
        "POST", "/api/decisions/3/appeal", json={"message": "No."}
    ),
    "limits": lambda who: who["bea"].decides("limits", "account:ann", limits={"files_per_day": 5}),
    "an appeal of them": lambda who: who["ann"].asks(
        "POST", "/api/decisions/8/appeal", json={"message": "No."}
    ),
    "a claim": lambda who: who["bea"].asks("PUT", "/api/moderation/cases/1/claim"),
}
"""Questions about one project, one file or one person."""

ALL: Mapping[str, Callable[[People], Response]] = {
    "the list": lambda who: who["anyone"].gets("/simple/"),
    "the newest projects": lambda who: who["anyone"].gets("/rss/packages.xml"),
    "the newest releases": lambda who: who["anyone"].gets("/rss/updates.xml"),
    "the changes": lambda who: who["anyone"].gets("/changes"),
}
"""Questions about everything. They walk an index in its order."""


@pytest.fixture
def people(world: World, ann: Person, bea: Person, anyone: Person) -> People:
    """Two projects, and everybody has been here before."""
    for archive in (TOAST, a_wheel("crumpets")):
        assert ann.uploads(archive).status_code == 200
    bea.holds("project:crumpets")
    ann.asks("POST", "/api/reports", json=SPAM)
    return {"ann": ann, "bea": bea, "anyone": anyone}


def test_a_page_with_thirty_files_costs_as_many_queries_as_with_one(world: World, people: People):
    reads = {name: ask for name, ask in (ONE | ALL).items() if _is_read(name)}
    people["anyone"].gets("/simple/")  # The list is made when it changed, and is ready then.
    with_one = {name: len(asked(world, ask, people)) for name, ask in reads.items()}
    for archive in MANY:
        people["ann"].uploads(archive)
    people["bea"].holds(*(f"file:{archive.filename}" for archive in MANY[::2]))
    people["anyone"].gets("/simple/")

    assert {name: len(asked(world, ask, people)) for name, ask in reads.items()} == with_one
    assert (with_one["the page"], with_one["a file"], with_one["the list"]) == (2, 2, 0)


def _is_read(name: str) -> bool:
    return name.startswith(("the", "a file", "its metadata", "its feed", "legacy", "a caller"))


def test_no_question_about_one_thing_scans_a_table(world: World, people: People):
    found = {
        name: scans(world.services.database, asked(world, ask, people)) for name, ask in ONE.items()
    }

    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_question_about_all_walks_an_index_at_most(world: World, people: People):
    for name, ask in ALL.items():
        for scan in scans(world.services.database, asked(world, ask, people)):
            assert " USING " in scan, f"{name}: {scan}"


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT id FROM files WHERE lower(filename) = 'x'", ["SCAN files"]),
        ("SELECT id FROM holds WHERE hide", ["SCAN holds"]),
        (
            "SELECT 1 FROM files WHERE EXISTS (SELECT 1 FROM holds WHERE hide)",
            ["SCAN files", "SCAN holds"],
        ),
        ("SELECT serial FROM entries WHERE act = 'x' LIMIT 1", ["SCAN entries"]),
        ("SELECT id FROM files WHERE filename = 'x'", []),
    ],
)
def test_a_planted_scan_is_found(world: World, sql: str, found: list[str]):
    lines = scans(world.services.database, [(sql, ())])

    assert [line.partition(" USING")[0] for line in lines] == found


def asked(world: World, ask: Callable[[People], Response], people: People) -> list[Statement]:
    """The statements that answering takes."""
    with statements(world.services.database) as found:
        assert ask(people).status_code in (200, 201, 202)
    return [each for each in found if not each[0].startswith("BEGIN")]


def scans(database: Database, executed: Sequence[Statement]) -> list[str]:
    """The lines of SQLite's plans that look at every row of a table or an index."""

    def plans(tx: Transaction) -> Iterator[tuple[str, str]]:
        for sql, params in executed:
            one = params[0] if isinstance(params, list) else params
            for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", one):
                yield row.detail, sql

    return [
        detail
        for detail, sql in database.read_now(lambda tx: list(plans(tx)))
        if detail.startswith("SCAN ") and detail not in SELECTED and NEWEST not in sql
    ]


@contextmanager
def statements(database: Database) -> Iterator[list[Statement]]:
    """Every statement that is executed meanwhile, with its parameters."""
    found: list[Statement] = []

    def note(_c: object, _cursor: object, sql: str, params: Any, _x: object, _m: object) -> None:
        found.append((sql, params))

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(database.engine, "before_cursor_execute", note)
