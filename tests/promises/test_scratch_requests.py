"""Requests to every door by somebody who means harm: paths, headers, queries and bodies."""

import http.client
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.guard import Door
from index.routes import DOORS
from storage.records import Role, Scope
from tests.kit.makers import a_wheel
from tests.kit.nearby import Nearby, a_server_nearby
from tests.kit.uploaders import client_of, tokens_in, upload
from tests.kit.wire import PATIENCE_SECONDS

TOAST = a_wheel()
MARKUP = '<script>alert("toast")</script>'
PARAMETER = re.compile(r"\{\w+(?::\w+)?\}")
TEXT_TYPES = ("text/plain; charset=utf-8", "application/json")

sound = ["toasting", "1.0", TOAST.sha256, TOAST.filename, f"{TOAST.filename}.metadata", "ann", "1"]
tricks = [
    "..", "../../etc/passwd", "..\\..", "/", "//", "%2F", "%2e%2e", "\0", "a\r\nX-Injected: yes",
    MARKUP, "toasting\u202e", "tоasting", "٣", "1!2.0", "1.0+a", "-1", "9" * 400, "a" * 8000,
    "\ud800", "'", "' OR 1=1 --", "{project}", "%", " toasting ", "toasting.", "TOASTING", "con",
]  # fmt: skip
texts = st.one_of(st.sampled_from(sound + tricks), st.text(max_size=30))
segments = st.one_of(
    texts.map(lambda text: quote(text.encode("utf-8", "surrogatepass"), safe="")),
    st.sampled_from(["..%2f..%2fetc%2fpasswd", "%ff", "%00", "%zz", "%", "%25%32%66", ";a=b", "."]),
)
latin = st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"]), max_size=60)
odd_headers = st.fixed_dictionaries(
    {},
    optional={
        "Accept": st.one_of(
            latin,
            st.sampled_from(
                ["*/*;q=0", ";;;", ",", "text/html;q=" + "9" * 4000, "a/b," * 8000, "*/*;q=0.5.5"]
            ),
        ),
        "Accept-Encoding": st.one_of(latin, st.sampled_from(["zstd;q=1, *;q=0", "gzip" * 2000])),
        "Range": st.one_of(
            latin,
            st.sampled_from(
                ["bytes=0-0,-1", "bytes=-0", "bytes=" + "9" * 100 + "-", "bytes=5-2", "lines=1-2"]
            ),
        ),
        "If-None-Match": st.one_of(
            latin, st.sampled_from(["*", 'W/"a"', '"' * 5000, ',",' * 5000])
        ),
        "If-Range": latin,
        "If-Modified-Since": latin,
        "Host": st.one_of(latin, st.sampled_from(["evil.example", "a/b", "[", "x:99999", MARKUP])),
        "X-Forwarded-For": st.one_of(latin, st.sampled_from(["::1%eth0", "1.2.3.4," * 5000])),
        "X-Forwarded-Host": latin,
        "X-Request-Id": latin,
        "Content-Type": st.one_of(latin, st.just("application/json")),
        "Origin": latin,
        "Cookie": latin,
    },
)
values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=6,
)
FIELDS = ["act", "subjects", "effects", "reason", "for", "until", "key", "name", "password"]
FIELDS += ["email", "scope", "project", "expires", "status", "note", "by", "since", "holds"]
bodies = st.one_of(
    st.binary(max_size=40),
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=4).map(
        lambda fields: json.dumps(fields).encode()
    ),
    st.sampled_from([b"[" * 100_000, b'{"act": ' * 50_000, b'{"reason": "\\ud800"}', b"1e999999"]),
)


@dataclass(frozen=True)
class Index:
    """A server with something to see, and what each kind of caller sends as Authorization."""

    server: Nearby
    callers: tuple[str, ...]


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("requests")
    with a_server_nearby(folder, signup="open") as server:
        with client_of(server.url, server.token) as client:
            assert upload(client, TOAST).status_code == 200
        [moderator] = tokens_in(folder, "bea", role=Role.MODERATOR, scope=Scope.MODERATE)
        yield Index(server, (f"Bearer {server.token}", f"Bearer {moderator}", ""))


credentials = st.one_of(
    latin.map(lambda text: f"Basic {text}"),
    latin,
    st.sampled_from(["Basic Og==", "Basic /////w==", "Basic AGE6AGI=", "Bearer", "Bearer \xff"]),
)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: f"{door.method} {door.path}")
@settings(max_examples=250, deadline=10_000)
@given(
    parameters=st.lists(segments, min_size=2, max_size=2),
    query=st.dictionaries(st.sampled_from(["since", "format", "limit", "dry_run", "a"]), texts),
    headers=odd_headers,
    authorization=st.one_of(st.integers(0, 2), credentials),
    method=st.sampled_from(["", "", "HEAD", "OPTIONS", "PATCH"]),
    body=bodies,
)
def test_no_request_breaks_the_index(
    index: Index,
    door: Door,
    parameters: list[str],
    query: dict[str, str],
    headers: dict[str, str],
    authorization: int | str,
    method: str,
    body: bytes,
):
    given = index.callers[authorization] if isinstance(authorization, int) else authorization
    sent = {**headers, **({"Authorization": given} if given else {})}
    left = iter(parameters)
    path = PARAMETER.sub(lambda _: next(left), door.path)
    asked = "&".join(f"{key}={_quoted(value)}" for key, value in query.items())

    answer, content = _ask(index.server.port, method or door.method, f"{path}?{asked}", sent, body)

    assert answer.status < 500
    assert answer.getheader("x-injected") is None
    assert answer.getheader("x-content-type-options") == "nosniff"
    kind = answer.getheader("content-type") or ""
    if answer.status >= 400 and method != "HEAD":
        _is_one_sentence(content, kind)
    if "html" in kind or "xml" in kind:
        assert b"<script" not in content
    if location := answer.getheader("location"):
        assert urlsplit(location).netloc == ""
        assert location.startswith("/")


def _is_one_sentence(content: bytes, kind: str) -> None:
    assert kind in TEXT_TYPES
    text = content.decode()
    said = json.loads(text)["message"] if kind == "application/json" else text.removesuffix("\n")
    assert said
    assert said.isprintable()
    assert len(text) < 20_000


def _ask(
    port: int, method: str, path: str, headers: dict[str, str], body: bytes
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
    connection.putrequest(method, path, skip_host="Host" in headers, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value.encode("latin-1", "replace"))
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("Connection", "close")
    connection.endheaders(body)
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer, content


def _quoted(text: str) -> str:
    return quote(text.encode("utf-8", "surrogatepass"), safe="")
