"""Law 4: once a decision has answered, no worker answers as if it had not been made."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread
from typing import Any

import httpx2
import pytest

from tests.kit.live import Server, a_server
from tests.kit.makers import Archive, a_wheel

WORKERS, CONNECTIONS = 4, 100
DECISIONS = 500
TIMEOUT_SECONDS = 60
TOASTING = a_wheel("toasting", "1.0"), a_wheel("toasting", "2.0")
HELD = TOASTING[0]
PAGE = b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n"
FILE = f"GET /packages/{HELD.sha256}/{HELD.filename} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


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

    assert asyncio.run(_stale(server, moderator, DECISIONS // 2)) == []


def test_nor_while_files_are_uploaded(index: tuple[Server, str, str]):
    server, uploader, moderator = index
    with _uploading(server, uploader) as sent:
        stale = asyncio.run(_stale(server, moderator, DECISIONS // 10))

    assert stale == []
    assert sent


async def _stale(server: Server, token: str, rounds: int) -> list[tuple[int, str]]:
    """Hold a file and undo that, again and again; every answer that came too late to be true."""
    found = []
    own = httpx2.AsyncClient(base_url=server.url, timeout=TIMEOUT_SECONDS)
    own.headers["authorization"] = f"Bearer {token}"
    async with own, _connections(server) as connections:
        for number in range(rounds):
            held = {"act": "hold", "subjects": [f"file:{HELD.filename}"], "reason": "Because."}
            decision = await _decide(own, "/api/moderation/decisions", held)
            found += [(number, each) for each in await _wrong(connections, shown=False)]
            undo = f"/api/moderation/decisions/{decision}/undo"
            await _decide(own, undo, {"reason": "A mistake."})
            found += [(number, each) for each in await _wrong(connections, shown=True)]
    return found


async def _decide(client: httpx2.AsyncClient, path: str, body: dict[str, Any]) -> int:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    number: int = answer.json()["decision"]["id"]
    return number


async def _wrong(connections: Sequence[Connection], *, shown: bool) -> list[str]:
    """What is wrong with the answers to as many requests, all on their way at the same time."""
    for at, (_, writer) in enumerate(connections):
        writer.write(FILE if at % 4 == 3 else PAGE)
    answers = await asyncio.gather(*(_answer(reader) for reader, _ in connections))
    wrong = []
    for at, (status, body) in enumerate(answers):
        is_shown = status == 200 if at % 4 == 3 else HELD.filename.encode() in body
        if is_shown is not shown:
            wrong.append("the file" if at % 4 == 3 else "the page")
    return wrong


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), TIMEOUT_SECONDS)
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-len"))
    return int(head.split()[1]), await reader.readexactly(int(length.split(b":")[1]))


@asynccontextmanager
async def _connections(server: Server):
    """Connections that are spread over the workers: each has some."""
    host, port = server.url.removeprefix("http://").split(":")
    opened = [await asyncio.open_connection(host, int(port)) for _ in range(CONNECTIONS)]
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


@contextmanager
def _uploading(server: Server, token: str) -> Iterator[list[str]]:
    """Somebody uploads all the while; the names of what arrived."""
    sent: list[str] = []
    stop = Event()

    def upload() -> None:
        while not stop.is_set():
            archive: Archive = a_wheel("toasting", f"3.{len(sent)}")
            server.publish(token, archive)
            sent.append(archive.filename)

    thread = Thread(target=upload)
    thread.start()
    try:
        yield sent
    finally:
        stop.set()
        thread.join(TIMEOUT_SECONDS)
