"""The fast lane and the ordinary way are one index: every header and byte is the same."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from time import sleep

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.kit import wire
from tests.kit.live import Server, a_server
from tests.kit.makers import a_wheel, an_sdist

WHEEL, SDIST, HELD = a_wheel("toasting", "1.0"), an_sdist("toasting", "1.0"), a_wheel("burnt")
LOCAL = a_wheel("toasting", "1.0+local.1")
KEPT_ELSEWHERE = {"shared_cache_seconds": "60", "cache_tags": "surrogate-key"}
EACH_TIME = (b"date", b"x-request-id")
JSON, HTML = "application/vnd.pypi.simple.v1+json", "application/vnd.pypi.simple.v1+html"

Raw = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """One index on three servers: with the fast lane, with it off, and with nothing kept."""

    fast: httpx2.Client
    plain: httpx2.Client
    slow: httpx2.Client
    urls: Sequence[str]

    def asks(self, method: str, path: str, headers: Raw) -> list[tuple[int, Raw, bytes]]:
        """What each answers. The first is asked until it knows the request by heart, the second
        until it keeps the answer."""
        clients = (*[self.fast] * 4, *[self.plain] * 2, self.slow)
        return [_ask(client, method, path, headers) for client in clients]


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    """Two projects, of which one is held, on three servers with one folder."""
    folder = tmp_path_factory.mktemp("index") / "data"
    with ExitStack() as stack:
        fast = stack.enter_context(a_server(folder, **KEPT_ELSEWHERE))
        fast.publish(fast.a_token("ann"), WHEEL, SDIST, LOCAL, HELD)
        fast.bascule("hold", "project:burnt", "--reason", "Burnt.")
        servers = [
            fast,
            stack.enter_context(a_server(folder, fast_lane="off", **KEPT_ELSEWHERE)),
            stack.enter_context(
                a_server(folder, fast_lane="off", cache_bytes="0", **KEPT_ELSEWHERE)
            ),
        ]
        clients = [stack.enter_context(_client(server)) for server in servers]
        yield Ways(
            fast=clients[0],
            plain=clients[1],
            slow=clients[2],
            urls=[server.url for server in servers],
        )


FILES = [
    f"/packages/{archive.sha256}/{archive.filename.replace('+', plus)}{suffix}"
    for archive in (WHEEL, SDIST, LOCAL, HELD)
    for plus in ("%2B", "+")
    for suffix in ("", ".metadata")
]
PATHS = [
    *["/simple/toasting/"] * 20,
    *("/simple/toasting", "/simple/Toasting/", "/simple/%74oasting/"),
    *("/simple/burnt/", "/simple/nobody/", "/simple/", "/simple/toasting/?format=" + JSON),
    *("/simple/toasting/?", "/simple//toasting/", "/packages/", "/packages/0/nothing.whl"),
    *FILES,
]
ACCEPTS = [JSON, HTML, "text/html", "*/*", f"{JSON}, {HTML};q=0.2, text/html;q=0.1", "image/png"]
ACCEPTS += [f"{JSON};q=0", "application/vnd.pypi.simple.latest+json", "", "nonsense;;,,"]
CODINGS = ["gzip", "zstd", "gzip, deflate, br, zstd", "identity", "*;q=0", "br", "gzip;q=0", ""]
TAGS = ['"nothing"', "*", f'"{WHEEL.sha256}"', f'W/"{WHEEL.sha256}"', f'"x", "{SDIST.sha256}"', ""]


def _header(name: str, values: Sequence[str]) -> st.SearchStrategy[Raw]:
    one = st.sampled_from(values).map(lambda value: (name.encode(), value.encode()))
    return st.one_of(st.just([]), one.map(lambda each: [each]), st.lists(one, max_size=2))


HEADERS = st.tuples(
    _header("Accept", ACCEPTS),
    _header("accept-encoding", CODINGS),
    _header("If-None-Match", TAGS),
    _header("Range", ["bytes=0-3", "bytes=-1", "bytes=9999999-", "lines=1-2"]),
    _header("X-Request-Id", ["0123456789abcdef", "forged\tline", "short"]),
    _header("Authorization", ["Bearer nothing", "Basic eDp5"]),
    _header("Origin", ["https://example.org"]),
).map(lambda groups: [each for group in groups for each in group])


@settings(max_examples=3 * settings.default.max_examples, deadline=None)
@given(method=st.sampled_from(["GET", "HEAD"]), path=st.sampled_from(PATHS), headers=HEADERS)
def test_every_way_gives_the_same_answer(ways: Ways, method: str, path: str, headers: Raw):
    first, *others = ways.asks(method, path, headers)

    assert others == [first] * 6


@pytest.mark.parametrize("path", ["/simple/toasting/", *FILES[:2]])
@pytest.mark.parametrize("coding", ["gzip", "zstd", "identity"])
def test_what_a_client_has_is_not_sent_again(ways: Ways, path: str, coding: str):
    wanted = (b"accept-encoding", coding.encode())
    status, headers, _ = ways.asks("GET", path, [wanted])[0]
    assert status == 200

    again = ways.asks("GET", path, [wanted, (b"if-none-match", dict(headers)[b"etag"])])

    assert [(status, body) for status, _, body in again] == [(304, b"")] * 7
    assert again == [again[0]] * 7


@settings(max_examples=settings.default.max_examples, deadline=None)
@given(
    heads=st.lists(
        st.sampled_from(
            [
                b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n",
                b"HEAD /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /simple/nobody/ HTTP/1.1\r\nHost: x\r\n\r\n",
                b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc",
                b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\nAccept: image/png\r\n\r\n",
            ]
        ),
        max_size=8,
    ),
    last=st.sampled_from(
        [
            b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            b"GET /simple/toasting/ HTTP/1.0\r\n\r\n",
        ]
    ),
)
def test_requests_in_one_piece_are_answered_in_their_order(
    ways: Ways, heads: list[bytes], last: bytes
):
    answers = [wire.ask(int(url.rpartition(":")[2]), b"".join([*heads, last])) for url in ways.urls]

    statuses = [wire.statuses(answer) for answer in answers]
    assert statuses[0] == statuses[1] == statuses[2]
    assert len(statuses[0]) == len(heads) + 1
    bodies = [answer.count(b'"filename":') + answer.count(b"<a href") for answer in answers]
    assert bodies[0] == bodies[1] == bodies[2]


PAGE = b"GET /simple/toasting/ HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.mark.parametrize("piece", [PAGE * 2, PAGE + PAGE.replace(b"GET", b"HEAD"), PAGE])
def test_the_same_piece_is_answered_whole_each_time(ways: Ways, piece: bytes):
    last = PAGE.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    with wire.connected(int(ways.urls[0].rpartition(":")[2])) as connection:
        for _ in range(4):
            connection.sendall(piece)
            sleep(0.1)
        connection.sendall(last)
        answers = wire.all_of(connection)

    assert wire.statuses(answers) == [200] * (4 * piece.count(b"HTTP/1.1") + 1)
    assert answers.count(b"<h1>") == 4 * piece.count(b"GET") + 1


def _ask(client: httpx2.Client, method: str, path: str, headers: Raw) -> tuple[int, Raw, bytes]:
    request = httpx2.Request(method, str(client.base_url).rstrip("/") + path, headers=headers)
    answer = client.send(request, stream=True)
    body = b"".join(answer.iter_raw())
    answer.close()
    told = [(name, value) for name, value in answer.headers.raw if name not in EACH_TIME]
    return answer.status_code, told, body


def _client(server: Server) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, timeout=60)
