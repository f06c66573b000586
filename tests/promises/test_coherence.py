"""Law 4: once a decision has answered, no worker answers as if it had not been made."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.kit.coherence import TOASTING, stale, uploading
from tests.kit.live import Server, a_server

WORKERS, CONNECTIONS = 4, 100
DECISIONS = 500


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, str, str]]:
    """Four workers on one database, and tokens of an uploader and a moderator."""
    limits = {"trusted_files_per_day": "1000000", "trusted_projects_per_day": "1000000"}
    folder = tmp_path_factory.mktemp("index") / "data"
    with a_server(folder, workers=str(WORKERS), log_reads="off", **limits) as server:
        uploader = server.a_token("ann")
        server.publish(uploader, *TOASTING)
        yield server, uploader, server.a_token("bea", role="moderator", scope="moderate")


def test_no_worker_shows_what_is_held_or_keeps_back_what_is_not(index: tuple[Server, str, str]):
    server, _, moderator = index

    assert _stale(server, moderator, DECISIONS // 2) == []


def test_nor_while_files_are_uploaded(index: tuple[Server, str, str]):
    server, uploader, moderator = index
    with uploading(server, uploader) as sent:
        found = _stale(server, moderator, DECISIONS // 10)

    assert found == []
    assert sent


def _stale(server: Server, token: str, rounds: int) -> list[tuple[int, str]]:
    return asyncio.run(stale([server.url], token, rounds=rounds, connections=CONNECTIONS))
