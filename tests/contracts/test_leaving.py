"""Blobs are left for another place only if nobody can have written meanwhile."""

from contextlib import closing
from pathlib import Path

import pytest

from storage import moving
from storage.blobs.disk import DiskBlobs
from storage.database import Database
from storage.problems import Unavailable
from tests.kit.keeping import kept
from tests.kit.postgres import Postgres


def test_blobs_are_kept_on_where_the_lock_was_lost(postgres: Postgres, tmp_path: Path):
    blobs = DiskBlobs(tmp_path)
    with postgres.database() as name, closing(Database(postgres.url(name))) as database:
        others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"

        with pytest.raises(Unavailable):
            moving.move_blobs(database, blobs, first=lambda: postgres.asks(others))

        assert kept(blobs, b"toast").size_bytes == 5


def test_blobs_that_were_left_are_read_and_no_more_are_kept(database: Database, tmp_path: Path):
    blobs = DiskBlobs(tmp_path)
    toast = kept(blobs, b"toast")

    moving.move_blobs(database, blobs, first=lambda: None)

    with pytest.raises(Unavailable, match="have moved to another place"):
        kept(DiskBlobs(tmp_path), b"crumpet")
    with blobs.open(toast.sha256) as opened:
        assert opened.read() == b"toast"
    assert list(blobs.digests()) == [toast.sha256]
