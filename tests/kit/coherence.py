"""Whether what many workers answer is true after each decision: asked of all at the same time."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from threading import Event, Thread
from typing import Any

import httpx2

from tests.kit.live import Server
from tests.kit.makers import a_wheel

TIMEOUT_SECONDS = 60
TOASTING = a_wheel("toasting", "1.0"), a_wheel("toasting", "2.0")
HELD = TOASTING[0]
PAGE = b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n"
FILE = f"GET /packages/{HELD.sha256}/{HELD.filename} HTTP/1.1\r\nHost: x\r\n\r\n".encode()

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def stale(
    urls: Sequence[str], token: str, *, rounds: int, connections: int
) -> list[tuple[int, str]]:
    """Hold a file and undo that, again and again, at each of *urls* in turn; every answer of any
    of them that came too late to be true."""
    found = []
    own = httpx2.AsyncClient(timeout=TIMEOUT_SECONDS)
    own.headers["authorization"] = f"Bearer {token}"
    async with own, _connections(urls, connections) as opened:
        for number in range(rounds):
            url = urls[number % len(urls)]
            decision = await hold(own, url)
            found += [(number, each) for each in await _wrong(opened, shown=False)]
            await undo(own, url, decision)
            found += [(number, each) for each in await _wrong(opened, shown=True)]
    return found


async def hold(client: httpx2.AsyncClient, url: str) -> int:
    """Hold the file; the number of the decision."""
    body = {"act": "hold", "subjects": [f"file:{HELD.filename}"], "reason": "Because."}
    return await _decide(client, f"{url}/api/moderation/decisions", body)


async def undo(client: httpx2.AsyncClient, url: str, decision: int) -> None:
    """Show the file again."""
    body = {"reason": "A mistake."}
    await _decide(client, f"{url}/api/moderation/decisions/{decision}/undo", body)


async def _decide(client: httpx2.AsyncClient, url: str, body: dict[str, Any]) -> int:
    answer = await client.post(url, json=body)
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
async def _connections(urls: Sequence[str], number: int) -> AsyncIterator[list[Connection]]:
    """So many connections, spread over *urls* and the workers behind them: each has some."""
    opened = []
    for at in range(number):
        host, port = urls[at % len(urls)].removeprefix("http://").split(":")
        opened.append(await asyncio.open_connection(host, int(port)))
    try:
        yield opened
    finally:
        for _, writer in opened:
            writer.close()


@contextmanager
def uploading(server: Server, token: str) -> Iterator[list[str]]:
    """Somebody uploads all the while; the names of what arrived."""
    sent: list[str] = []
    stop = Event()

    def upload() -> None:
        while not stop.is_set():
            archive = a_wheel("toasting", f"3.{len(sent)}")
            server.publish(token, archive)
            sent.append(archive.filename)

    thread = Thread(target=upload)
    thread.start()
    try:
        yield sent
    finally:
        stop.set()
        thread.join(TIMEOUT_SECONDS)
