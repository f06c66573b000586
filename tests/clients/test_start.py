"""`scripts/serve` makes what it needs in a fresh checkout, once, whatever happened to it before."""

import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest

from tests.kit import installed
from tests.kit.live import a_server
from tests.kit.source import ROOT, our_files

pytestmark = pytest.mark.clients

FIRST_START_SECONDS = 90


@pytest.fixture
def checkout(tmp_path):
    """What somebody has who has just cloned the project."""
    for path in our_files():
        copy = tmp_path / "checkout" / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path / "checkout"


def test_with_pip_alone_the_first_start_installs_and_the_second_does_not(checkout, tmp_path):
    with starts(checkout, tmp_path) as server:
        first = server.lines[0]
        assert httpx2.get(f"{server.url}/healthz").status_code == 200
    with starts(checkout, tmp_path) as server:
        second = server.lines[0]

    assert first.startswith("Making .venv") is True
    assert second.startswith("Making .venv") is False


def test_with_uv_what_was_left_half_made_is_made_anew(checkout, tmp_path):
    with starts(checkout, tmp_path, with_uv=True):
        pass
    (checkout / ".venv" / "from" / "identity").unlink()
    for package in checkout.glob(".venv/lib/python*/site-packages/starlette"):
        shutil.rmtree(package)

    with starts(checkout, tmp_path, with_uv=True) as server:
        assert httpx2.get(f"{server.url}/healthz").status_code == 200


def test_two_first_starts_at_once_do_not_disturb_each_other(checkout, tmp_path):
    with ExitStack() as stack, ThreadPoolExecutor() as workers:
        servers = [starts(checkout, tmp_path / name, with_uv=True) for name in ("one", "two")]
        answers = [
            httpx2.get(f"{server.url}/healthz").status_code
            for server in workers.map(stack.enter_context, servers)
        ]

    assert answers == [200, 200]


def starts(checkout, folder, *, with_uv=False):
    """A server, started as the README says: by `scripts/serve` and nothing before it."""
    path = os.environ["PATH"]
    if with_uv:
        path = f"{installed.command('uv').parent}:{path}"
    return a_server(
        folder / "data",
        command=("env", f"PATH={path}", str(checkout / "scripts" / "serve")),
        start_seconds=FIRST_START_SECONDS,
    )
