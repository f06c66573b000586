"""A data folder grown by SQL: more projects, files and holds than anybody would upload here."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from bench.peers import ours
from index.app import compose, now
from index.settings import Settings
from moderation import decisions
from moderation.deciding import Why

_COUNTED = """\
WITH RECURSIVE
    n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {projects}),
    m(j) AS (SELECT 1 UNION ALL SELECT j + 1 FROM m WHERE j < {each})
"""


def grow(folder: Path, *, projects: int, files_each: int) -> None:
    """Add that many projects with that many files each: rows without blobs, one release each."""
    counted = {"projects": projects, "each": files_each}
    with ours.rows(folder) as database, database:
        last = {table: _last(database, table) for table in ("projects", "releases", "files")}
        project, release = f"{last['projects']} + i", f"{last['releases']} + i"
        file = f"{last['files']} + (i - 1) * {files_each} + j"
        name = dict.fromkeys(("name", "spelled", "skeleton"), "'grown-' || i")
        _copy(database, "projects", "n", {"id": project, **name}, counted)
        _copy(database, "releases", "n", {"id": release, "project_id": project}, counted)
        of_file = {
            "id": file,
            "project_id": project,
            "release_id": release,
            "filename": "'grown_' || i || '-1.' || j || '-py3-none-any.whl'",
            "sha256": "lower(hex(randomblob(32)))",
        }
        _copy(database, "files", "n, m", of_file, counted)
        _copy(database, "entry_projects", "n", {"project_id": project}, counted)


def hold(folder: Path, *, holds: int, except_project: str) -> None:
    """Put about that many holds in force on files of every project but one: several on each."""
    services = compose(Settings(data=folder))
    with closing(services.database), ours.rows(folder) as database, database:
        others = (
            "files WHERE project_id <> "
            f"(SELECT id FROM projects WHERE name = {_quoted(except_project)})"
        )
        (count, filename) = database.execute(
            f"SELECT count(*), min(filename) FROM {others}"
        ).fetchone()
        why = Why(by="operator:bench", at=now(), reason="Measured.")
        services.database.write_now(decisions.hold, [f"file:{filename}"], why=why)
        of_hold = {
            "id": f"{_last(database, 'holds')} + row_number() OVER ()",
            "subject": "'file:' || f.filename",
            "project_id": "f.project_id",
            "release_id": "f.release_id",
            "file_id": "f.id",
        }
        counted = {"projects": 1, "each": max(1, holds // count)}
        _copy(database, "holds", f"(SELECT * FROM {others}) AS f, m", of_hold, counted)


def _copy(
    database: sqlite3.Connection,
    table: str,
    per: str,
    others: Mapping[str, str],
    counted: Mapping[str, int],
) -> None:
    """Copy one row of *table* for each of *per*, with *others* in place of some columns.

    Columns that a later schema adds are copied too.
    """
    columns = [row[1] for row in database.execute(f"PRAGMA table_info({table})")]
    values = [others.get(column, f"t.{column}") for column in columns]
    database.execute(
        f"{_COUNTED.format_map(counted)} "
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} "
        f"FROM (SELECT * FROM {table} LIMIT 1) AS t, {per}"
    )


def _last(database: sqlite3.Connection, table: str) -> int:
    (last,) = database.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
    return int(last)


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
