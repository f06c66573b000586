"""A real nginx with the files of deploy/: TLS, addresses, sizes, files and pages as they should."""

import os
import ssl
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
import pytest

from tests.kit import clients
from tests.kit.clients import Person
from tests.kit.live import Server, a_server
from tests.kit.makers import a_wheel
from tests.kit.proxies import Proxy, nginx

pytestmark = pytest.mark.clients

LIMIT_BYTES = 4_000_000
TOAST = a_wheel("toasting", "1.0", files={"toasting/crumbs.bin": os.urandom(3_000_000)})
LARGE = a_wheel("toasting", "2.0", files={"toasting/crumbs.bin": os.urandom(9_000_000)})
KEPT_SECONDS = 2


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server that believes its proxy and lets it send files."""
    with a_server(
        tmp_path_factory.mktemp("server") / "data",
        offload="x-accel-redirect",
        trusted_proxies="127.0.0.1",
        upload_limit_bytes=str(LIMIT_BYTES),
        signup="open",
        signups_per_day="1",
    ) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(server, tmp_path_factory):
    with nginx(server, tmp_path_factory.mktemp("nginx")) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def token(server):
    return server.a_token("ann")


@pytest.fixture
def ann(proxy: Proxy, token: str, tmp_path: Path) -> Person:
    return Person(home=tmp_path / "ann", index=proxy.url, token=token)


def test_uploads_and_installs_go_through_tls(ann: Person, server: Server, proxy: Proxy, tmp_path):
    uploaded = _uploads(ann, proxy, TOAST, tmp_path)
    anyone = Person(home=tmp_path / "anyone", index=proxy.url)
    installed = clients.pip_install(anyone, "--cert", str(proxy.certificate), "toasting")

    assert uploaded.code == 0, uploaded.output
    assert installed.code == 0, installed.output
    assert anyone.installed()["toasting"] == "1.0"


def test_a_file_goes_out_from_nginx(ann: Person, server: Server, proxy: Proxy, tmp_path: Path):
    _uploads(ann, proxy, TOAST, tmp_path)
    path = f"/packages/{TOAST.sha256}/{TOAST.filename}"
    from_index = httpx2.get(server.url + path)

    with _client(proxy) as client:
        whole, part = client.get(path), client.get(path, headers={"range": "bytes=7-9"})

    assert (from_index.status_code, from_index.content) == (200, b"")
    assert (whole.status_code, whole.content) == (200, TOAST.content)
    assert (part.status_code, part.content) == (206, TOAST.content[7:10])


def test_without_tls_everybody_is_sent_to_it(proxy: Proxy):
    answer = httpx2.post(f"{proxy.moved}/legacy/?a=b", follow_redirects=False)

    assert answer.status_code == 308
    assert answer.headers["location"] == "https://127.0.0.1/legacy/?a=b"


def test_whoever_uploads_too_much_reads_so(ann: Person, proxy: Proxy, tmp_path: Path):
    refused = _uploads(ann, proxy, LARGE, tmp_path)

    assert refused.code != 0
    assert f"File too large: a file may have at most {LIMIT_BYTES:,} bytes here." in refused.output


def test_what_is_no_upload_may_not_be_large(proxy: Proxy):
    with _client(proxy) as client:
        answer = client.post("/api/accounts", content=b"x" * 3_000_000)

    assert (answer.status_code, answer.text) == (
        413,
        "This is larger than the index takes. Ask whoever runs it.\n",
    )


def test_an_address_is_what_nginx_says_and_not_what_the_client_says(proxy: Proxy):
    assert _signs_up(proxy, "one", "127.0.0.2") == 201
    assert _signs_up(proxy, "two", "127.0.0.3") == 201
    assert _signs_up(proxy, "three", "127.0.0.2") == 429
    assert _signs_up(proxy, "four", "127.0.0.2", "x-forwarded-for", "192.0.2.7") == 429


def test_a_proxy_that_is_not_trusted_is_everybody_in_one(tmp_path: Path):
    with (
        a_server(tmp_path / "data", signup="open", signups_per_day="1") as server,
        nginx(server, tmp_path) as proxy,
    ):
        assert _signs_up(proxy, "one", "127.0.0.2") == 201
        assert _signs_up(proxy, "two", "127.0.0.3", "x-forwarded-for", "192.0.2.7") == 429


def test_connections_to_the_index_stay_open(proxy: Proxy, server: Server):
    for _ in range(5):
        with _client(proxy) as client:
            assert client.get("/healthz").status_code == 200

    assert _connections(server) == 1


def test_nobody_but_this_machine_sees_the_metrics(proxy: Proxy):
    with _client(proxy) as here, _client(proxy, "127.0.0.2") as elsewhere:
        assert here.get("/metrics").status_code == 200
        assert elsewhere.get("/metrics").status_code == 403


@pytest.mark.parametrize("seconds", [0, KEPT_SECONDS])
def test_a_cache_of_pages_keeps_them_as_long_as_the_index_says(tmp_path: Path, seconds: int):
    with (
        a_server(tmp_path / "data", shared_cache_seconds=str(seconds)) as server,
        nginx(server, tmp_path, cache=True) as proxy,
        _client(proxy) as client,
    ):
        server.publish(server.a_token("ann"), TOAST)
        before = _page(client)
        again = _page(client)
        asked = [path for _, path, _ in server.answered()].count("/simple/toasting/")
        server.bascule("hold", f"file:{TOAST.filename}", "--reason", "It burns.")
        time.sleep(seconds)
        after = _page(client)

    assert (before, again, after) == ([TOAST.filename], [TOAST.filename], [])
    assert asked == (1 if seconds else 2)


def test_a_cache_tells_representations_and_methods_apart(tmp_path: Path):
    asked = [
        (method, {"accept": accept, "accept-encoding": coding})
        for method in ("HEAD", "GET")
        for accept in ("text/html", "application/vnd.pypi.simple.v1+json")
        for coding in ("gzip", "identity")
    ]
    with (
        a_server(tmp_path / "data", shared_cache_seconds="60") as server,
        nginx(server, tmp_path, cache=True) as proxy,
        _client(proxy) as client,
    ):
        server.publish(server.a_token("ann"), TOAST)
        for method, headers in [*asked, *asked]:
            url = "/simple/toasting/"
            plain = httpx2.request(method, server.url + url, headers=headers)
            proxied = client.request(method, url, headers=headers)

            assert proxied.content == plain.content
            for name in ("etag", "content-type", "cache-control", "vary"):
                assert proxied.headers[name] == plain.headers[name]
            has = {**headers, "if-none-match": plain.headers["etag"]}
            assert client.request(method, url, headers=has).status_code == 304


def _client(proxy: Proxy, address: str = "127.0.0.1") -> httpx2.Client:
    trusts = ssl.create_default_context(cafile=str(proxy.certificate))
    way = httpx2.HTTPTransport(verify=trusts, local_address=address)
    return httpx2.Client(base_url=proxy.url, transport=way)


def _uploads(person: Person, proxy: Proxy, archive, folder: Path) -> clients.Run:
    place = folder / archive.filename
    place.write_bytes(archive.content)
    return clients.twine_upload(person, "--cert", proxy.certificate, place)


def _signs_up(proxy: Proxy, name: str, address: str, *header: str) -> int:
    body = {"name": name, "password": "correct horse battery"}
    headers = dict([header] if header else [])
    with _client(proxy, address) as client:
        return client.post("/api/accounts", json=body, headers=headers).status_code


def _page(client: httpx2.Client) -> list[str]:
    accept = {"accept": "application/vnd.pypi.simple.v1+json"}
    found = client.get("/simple/toasting/", headers=accept).json()["files"]
    return [each["filename"] for each in found]


def _connections(server: Server) -> int:
    """How many connections to the server are established."""
    here = f":{urlsplit(server.url).port:04X}"
    lines = Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    rows = [line.split() for line in lines]
    return sum(row[1].endswith(here) and row[3] == "01" for row in rows)
