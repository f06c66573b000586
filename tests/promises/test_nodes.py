"""Law 4 on several machines: no node answers as if a decision had not been made, come what may."""

import asyncio
import json
import os
import signal
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import httpx2
import pytest

from tests.kit.coherence import FILE, HELD, PAGE, TOASTING, stale, uploading
from tests.kit.lines import Line, a_line
from tests.kit.live import Server, a_server
from tests.kit.postgres import PASSWORD, Postgres

NODES, CONNECTIONS = 3, 60
ROUNDS = 60
LEASE_SECONDS = 2
SOON_SECONDS = LEASE_SECONDS + 8


@dataclass(frozen=True)
class Cluster:
    """Nodes on one database; the line to it of the last can be cut."""

    nodes: list[Server]
    line: Line
    uploader: str
    moderator: str

    def decides(self, path: str, **body: object) -> int:
        """Decide at the first node; the number of the decision."""
        answer = httpx2.post(
            f"{self.nodes[0].url}/api/moderation/{path}",
            json=body,
            headers={"authorization": f"Bearer {self.moderator}"},
            timeout=SOON_SECONDS,
        )
        assert answer.status_code == 201, answer.text
        number: int = answer.json()["decision"]["id"]
        return number

    @contextmanager
    def holding(self) -> Iterator[None]:
        """Meanwhile the file is held."""
        subjects = [f"file:{HELD.filename}"]
        decision = self.decides("decisions", act="hold", subjects=subjects, reason="Because.")
        yield
        self.decides(f"decisions/{decision}/undo", reason="A mistake.")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Cluster]:
    """Three servers with a folder of their own each, one database, and one store of blobs."""
    folder = tmp_path_factory.mktemp("nodes")
    settings = {
        "blobs_url": (folder / "blobs").as_uri(),
        "lease_seconds": str(LEASE_SECONDS),
        "log_reads": "off",
        "trusted_files_per_day": "1000000",
    }
    with ExitStack() as stack:
        name = stack.enter_context(postgres.database())
        line = stack.enter_context(a_line(postgres.port))
        nodes = []
        for number in range(NODES):
            url = postgres.url(name, port=line.port if number == NODES - 1 else None)
            own = a_server(folder / str(number), database_url=url, **settings)
            nodes.append(stack.enter_context(own))
        uploader = nodes[0].a_token("ann")
        nodes[0].publish(uploader, *TOASTING)
        moderator = nodes[1].a_token("bea", role="moderator", scope="moderate")
        yield Cluster(nodes=nodes, line=line, uploader=uploader, moderator=moderator)
    said = "".join(line for node in nodes for line in node.lines)
    assert PASSWORD not in said
    assert "Traceback" not in said


def test_no_node_shows_what_is_held_or_keeps_back_what_is_not(cluster: Cluster):
    urls = [node.url for node in cluster.nodes]

    found = stale(urls, cluster.moderator, rounds=ROUNDS, connections=CONNECTIONS)

    assert asyncio.run(found) == []


def test_a_decision_is_answered_as_soon_as_every_node_knows_of_it(cluster: Cluster):
    for _ in range(3):
        began = time.monotonic()
        with cluster.holding():
            pass
        assert time.monotonic() - began < LEASE_SECONDS / 2


def test_a_node_that_was_paused_does_not_show_what_was_held_meanwhile(cluster: Cluster):
    paused = cluster.nodes[1]
    assert statuses(paused) == ([HELD.filename, TOASTING[1].filename], 200)
    os.kill(paused.process.pid, signal.SIGSTOP)
    try:
        began = time.monotonic()
        with cluster.holding():
            assert time.monotonic() - began < LEASE_SECONDS + 1
            # What it reads first of all when it goes on.
            with asking(paused, PAGE) as page, asking(paused, FILE) as file:
                os.kill(paused.process.pid, signal.SIGCONT)
                assert HELD.filename.encode() not in page()
                assert file().startswith(b"HTTP/1.1 404 ")
            assert statuses(paused) == ([TOASTING[1].filename], 404)
    finally:
        os.kill(paused.process.pid, signal.SIGCONT)
    assert statuses(paused) == ([HELD.filename, TOASTING[1].filename], 200)


def test_a_node_without_the_database_goes_on_for_a_lease_and_then_says_so(cluster: Cluster):
    node = cluster.nodes[-1]
    assert statuses(node) == ([HELD.filename, TOASTING[1].filename], 200)
    cluster.line.cut()
    cut_at = time.monotonic()
    try:
        assert statuses(node) == ([HELD.filename, TOASTING[1].filename], 200)
        with cluster.holding():
            for path in ("/simple/toasting/", "/simple/", FILE.split()[1].decode()):
                answer = httpx2.get(node.url + path, timeout=SOON_SECONDS)
                assert (answer.status_code, answer.headers["retry-after"], answer.text) == (
                    503,
                    "5",
                    "The database of the index cannot be reached at the moment.",
                )
            assert time.monotonic() - cut_at < LEASE_SECONDS + 2
            cluster.line.mend()
            until(lambda: statuses(node) == ([TOASTING[1].filename], 404))
    finally:
        cluster.line.mend()
    until(lambda: statuses(node) == ([HELD.filename, TOASTING[1].filename], 200))
    began = time.monotonic()
    with cluster.holding():
        assert statuses(node) == ([TOASTING[1].filename], 404)
    assert time.monotonic() - began < LEASE_SECONDS / 2


def test_a_database_that_was_started_anew_is_found_again(cluster: Cluster, postgres: Postgres):
    postgres.asks(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname <> 'postgres'"
    )

    for node in cluster.nodes:
        assert statuses(node) == ([HELD.filename, TOASTING[1].filename], 200)
    with cluster.holding():
        for node in cluster.nodes:
            assert statuses(node) == ([TOASTING[1].filename], 404)


def test_no_node_does_while_files_are_uploaded_either(cluster: Cluster):
    urls = [node.url for node in cluster.nodes]
    with uploading(cluster.nodes[0], cluster.uploader) as sent:
        found = stale(urls, cluster.moderator, rounds=ROUNDS // 3, connections=CONNECTIONS)
        assert asyncio.run(found) == []
    assert sent


def statuses(node: Server) -> tuple[list[str] | int, int]:
    """The files on the page of the project, or the status of that; and the status of the file."""
    accept = {"accept": "application/vnd.pypi.simple.v1+json"}
    page = httpx2.get(f"{node.url}/simple/toasting/", headers=accept, timeout=SOON_SECONDS)
    file = httpx2.get(node.url + FILE.split()[1].decode(), timeout=SOON_SECONDS)
    if page.status_code != 200:
        return page.status_code, file.status_code
    return [each["filename"] for each in json.loads(page.text)["files"]], file.status_code


@contextmanager
def asking(node: Server, request: bytes):
    """Send a request now; how to read the answer, later."""
    host, port = node.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=SOON_SECONDS) as connection:
        connection.sendall(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))

        def answer() -> bytes:
            return b"".join(iter(lambda: connection.recv(65536), b""))

        yield answer


def until(come) -> None:
    """Return when it is so; fail when it takes too long."""
    deadline = time.monotonic() + SOON_SECONDS
    while not come():
        assert time.monotonic() < deadline
        time.sleep(0.05)
