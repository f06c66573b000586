"""A real nginx sends whole files by itself, and nobody can tell but by the speed."""

import os

import httpx2
import pytest

from tests.kit.live import a_server
from tests.kit.makers import a_wheel
from tests.kit.proxies import nginx

pytestmark = pytest.mark.clients

WHEEL = a_wheel(files={"toasting/crumbs.bin": os.urandom(3_000_000)})
URL = f"/packages/{WHEEL.sha256}/{WHEEL.filename}"
ETAG = f'"{WHEEL.sha256}"'
OWN = {"server", "date", "x-request-id", "connection"}

ASKED = {
    "all of it": {},
    "a part": {"range": "bytes=2-500000"},
    "its end": {"range": "bytes=-7"},
    "two parts": {"range": "bytes=0-1,5-6"},
    "no part": {"range": "bytes=7-3"},
    "beyond its end": {"range": "bytes=999999999-"},
    "the rest": {"range": "bytes=9-", "if-range": ETAG},
    "the rest of another": {"range": "bytes=9-", "if-range": '"other"'},
    "what it has": {"if-none-match": ETAG},
    "what it has not": {"if-none-match": '"other"'},
    "by the date": {"if-modified-since": "Wed, 01 Jan 2099 00:00:00 GMT"},
}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """The server that names files, the nginx before it, and one that sends files itself."""
    home = tmp_path_factory.mktemp("offload")
    with (
        a_server(home / "data", offload="x-accel-redirect") as server,
        nginx(server, home) as proxy,
    ):
        server.publish(server.a_token("ann"), WHEEL)
        with a_server(home / "data") as usual:
            yield server, proxy.plain, usual.url


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("suffix", ["", ".metadata"])
def test_everything_is_answered_as_without_nginx(index, method, asked, suffix):
    _, before, without = index

    sent, usual = (
        httpx2.request(method, url + URL + suffix, headers=ASKED[asked])
        for url in (before, without)
    )

    assert (sent.status_code, sent.content) == (usual.status_code, usual.content)
    assert _lasting(sent) == _lasting(usual)


def test_the_bytes_come_from_nginx(index):
    server, before, _ = index

    sent = httpx2.get(server.url + URL)

    assert (sent.status_code, sent.content) == (200, b"")
    assert sent.headers["x-accel-redirect"].startswith("/_blobs/sha256/")
    assert httpx2.get(before + URL).content == WHEEL.content


def test_nobody_gets_into_the_folder(index):
    server, before, _ = index
    path = httpx2.get(server.url + URL).headers["x-accel-redirect"]

    assert httpx2.get(before + path).status_code == 404
    assert httpx2.get(f"{before}/_blobs/index-id").status_code == 404


def test_a_held_file_is_not_given_out_until_it_is_released(index):
    server, before, _ = index
    server.bascule("hold", f"file:{WHEEL.filename}", "--reason", "It burns.")
    held = httpx2.get(before + URL)
    server.bascule("release", f"file:{WHEEL.filename}", "--reason", "It does not.")

    assert (held.status_code, "x-accel-redirect" in held.headers) == (404, False)
    assert httpx2.get(before + URL).content == WHEEL.content


def _lasting(answer):
    return sorted((key, value) for key, value in answer.headers.multi_items() if key not in OWN)
