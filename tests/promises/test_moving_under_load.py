"""While an index moves everybody reads, and no acknowledged write is lost, come what may."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx2
import pytest

from tests.kit.live import BASCULE, Server, a_server
from tests.kit.makers import Archive, a_wheel
from tests.kit.places import Place
from tests.kit.source import ROOT
from tests.kit.world import JSON

TOAST = a_wheel("toasting", "1.0")
FILE = f"/packages/{TOAST.sha256}/{TOAST.filename}"
WHOLE = "Everything is as it should be.\n"
MANY = {"trusted_projects_per_day": "100000", "trusted_files_per_day": "100000"}
PATIENCE_SECONDS, PAUSE_SECONDS = 30, 0.02
KILLED_AFTER_SECONDS = (0.0, 0.05)
"""Since it said that whoever writes waits from now on."""


@pytest.mark.slow
def test_a_move_is_killed_and_made_while_others_read_and_upload(tmp_path: Path, place: Place):
    with a_server(tmp_path / "data", **MANY, **place.opening) as server:
        token = server.a_token("ann")
        server.publish(token, TOAST)
        with _busy(server, token) as (taken, refused, unread):
            for seconds in KILLED_AFTER_SECONDS:
                _is_killed(server, place, after_seconds=seconds)
                server.bascule("migrate", "--stay")
                _wait_for_more(taken)
            server.bascule("migrate", *place.words)
            _wait_for_more(refused)
        assert unread == []
        settings = {"database_url": place.url, **place.settings}
        with a_server(tmp_path / "there", **settings) as other:
            assert other.bascule("check") == WHOLE
            assert _names(other) == sorted(["toasting", *taken])
            assert other.bascule("journal", "verify") == server.bascule("journal", "verify")
            assert _page(other) == _page(server)


def _is_killed(server: Server, place: Place, *, after_seconds: float) -> None:
    """Begin a move, and kill it in its last step."""
    words = [*BASCULE, "migrate", *place.words, "--data", str(server.folder)]
    with subprocess.Popen(
        words, cwd=ROOT, env=server.environment, stdout=subprocess.PIPE
    ) as moving:
        assert moving.stdout is not None
        assert b"whoever writes waits" in moving.stdout.readline()
        time.sleep(after_seconds)
        moving.kill()


@contextmanager
def _busy(server: Server, token: str) -> Iterator[tuple[list[str], list[str], list[int]]]:
    """Meanwhile somebody uploads and somebody reads.

    The projects whose upload was acknowledged, those that were refused, and every answer to a
    reader that was none.
    """
    taken: list[str] = []
    refused: list[str] = []
    unread: list[int] = []
    ended = threading.Event()

    def upload() -> None:
        for number in count():
            if ended.wait(PAUSE_SECONDS):
                return
            wheel = a_wheel(f"toast{number}", "1.0")
            (taken if _uploads(server, token, wheel) == 200 else refused).append(wheel.name)

    def read() -> None:
        with httpx2.Client(base_url=server.url, timeout=PATIENCE_SECONDS) as client:
            while not ended.wait(PAUSE_SECONDS):
                for path in ("/simple/", "/simple/toasting/", FILE):
                    if (status := client.get(path).status_code) != 200:
                        unread.append(status)

    threads = [threading.Thread(target=each) for each in (upload, read)]
    for thread in threads:
        thread.start()
    try:
        yield taken, refused, unread
    finally:
        ended.set()
        for thread in threads:
            thread.join()


def _uploads(server: Server, token: str, wheel: Archive) -> int:
    form: dict[str, list[str]] = {}
    for key, value in wheel.fields():
        form.setdefault(key, []).append(value)
    return httpx2.post(
        f"{server.url}/legacy/",
        auth=("__token__", token),
        data=form,
        files={"content": (wheel.filename, wheel.content)},
        timeout=PATIENCE_SECONDS,
    ).status_code


def _wait_for_more(names: list[str]) -> None:
    before, deadline = len(names), time.monotonic() + PATIENCE_SECONDS
    while len(names) == before:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def _names(server: Server) -> list[str]:
    answer = httpx2.get(f"{server.url}/simple/", headers={"accept": JSON})
    return sorted(each["name"] for each in answer.json()["projects"])


def _page(server: Server) -> list[tuple[int, bytes]]:
    answers = [httpx2.get(server.url + path) for path in ("/simple/toasting/", FILE)]
    return [(answer.status_code, answer.content) for answer in answers]
