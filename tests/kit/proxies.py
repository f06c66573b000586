"""A real nginx before a server, set up by the files that operators are given."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.kit.live import Server
from tests.kit.receiving import a_certificate
from tests.kit.source import ROOT
from tests.kit.wire import PATIENCE_SECONDS

DEPLOY = ROOT / "deploy"

AROUND = """\
daemon off;
pid {folder}/pid;
{account}
error_log stderr;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/conf.d/*.conf;
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """A running nginx: where it speaks TLS and where not, and what proves that it is itself."""

    url: str
    certificate: Path
    plain: str
    """The same without TLS, which only tests have."""
    moved: str
    """Where it sends everybody to TLS."""


@contextmanager
def nginx(server: Server, folder: Path, *, cache: bool = False) -> Iterator[Proxy]:
    """An nginx before *server*. Without one here, only CI insists on the test."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None and os.environ.get("CI") != "true":
        pytest.skip("There is no nginx here; CI has it.")
    assert program is not None
    moved, secure, plain = _free_ports(3)
    places = {
        "listen 80 default_server": f"listen 127.0.0.1:{moved}",
        "listen 443 ssl default_server": f"listen 127.0.0.1:{secure} ssl; listen 127.0.0.1:{plain}",
        "/etc/ssl/bascule/fullchain.pem": str(a_certificate(folder)),
        "/etc/ssl/bascule/privkey.pem": str(folder / "certificate.pem"),
        "/etc/nginx/bascule-nodes.conf": str(folder / "bascule-nodes.conf"),
        "/var/lib/bascule/blobs/": f"{server.folder}/blobs/",
        "/var/cache/nginx/bascule": str(folder / "cache"),
        "127.0.0.1:8080": urlsplit(server.url).netloc,
    }
    account = "user root;" if os.geteuid() == 0 else ""
    (folder / "conf.d").mkdir()
    written = folder / "around.conf"
    written.write_text(AROUND.format(folder=folder, account=account), encoding="utf-8")
    _copy("bascule-nodes.conf", folder, places)
    for name in ["nginx.conf", *["nginx-cache.conf"] * cache]:
        _copy(name, folder / "conf.d", places)
    with subprocess.Popen([program, "-c", str(written)]) as process:
        try:
            _wait_for(secure, process)
            yield Proxy(
                url=f"https://127.0.0.1:{secure}",
                certificate=folder / "certificate.pem",
                plain=f"http://127.0.0.1:{plain}",
                moved=f"http://127.0.0.1:{moved}",
            )
        finally:
            process.terminate()


def _copy(name: str, folder: Path, places: dict[str, str]) -> None:
    """One of the files as it is, but for the places of this machine."""
    text = (DEPLOY / name).read_text(encoding="utf-8")
    for documented, here in places.items():
        text = text.replace(documented, here)
    (folder / name).write_text(text, encoding="utf-8")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        free = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in free]


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            started = process.poll() is None and time.monotonic() < deadline
            assert started, "nginx did not start."
            time.sleep(0.05)
