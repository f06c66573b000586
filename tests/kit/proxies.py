"""A real nginx before a server, set up as the page for operators says."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.kit.guides import blocks
from tests.kit.live import Server
from tests.kit.source import ROOT
from tests.kit.wire import PATIENCE_SECONDS

PAGE = ROOT / "docs" / "operators" / "running.md"
BLOBS = "/var/lib/bascule/blobs/"
"""Where the page says that the blobs are."""

CONFIGURATION = """\
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
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass {index};
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_buffering off;
        }}
        {blobs}
    }}
}}
"""


@contextmanager
def nginx(server: Server, folder: Path) -> Iterator[str]:
    """The URL of an nginx before *server*. Without one here, only CI insists on the test."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None and os.environ.get("CI") != "true":
        pytest.skip("There is no nginx here; CI has it.")
    assert program is not None
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    written = folder / "nginx.conf"
    written.write_text(
        CONFIGURATION.format(
            folder=folder,
            account="user root;" if os.geteuid() == 0 else "",
            port=port,
            index=server.url,
            blobs=_documented().replace(BLOBS, f"{server.folder}/blobs/"),
        ),
        encoding="utf-8",
    )
    with subprocess.Popen([program, "-c", str(written)]) as process:
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _documented() -> str:
    """The part of nginx's configuration that the page has for the blobs."""
    [found] = [
        block.text
        for block in blocks(PAGE.read_text(encoding="utf-8"))
        if block.mark == "in: blobs.conf"
    ]
    assert BLOBS in found
    return found


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "nginx did not start."
            time.sleep(0.05)
