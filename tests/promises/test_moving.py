"""`bascule migrate --to`: an index moves while it is read, and no acknowledged write is lost."""

import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import httpx2
import pytest

from tests.kit.live import BASCULE, Server, a_server
from tests.kit.makers import Archive, a_wheel
from tests.kit.objects import ObjectStore
from tests.kit.postgres import Postgres
from tests.kit.source import ROOT
from tests.kit.terminal import Terminal
from tests.kit.world import JSON, Person, World

TOAST, HELD, OTHER = (a_wheel(name, "1.0") for name in ("toasting", "burnt", "crumpets"))
FILE = f"/packages/{TOAST.sha256}/{TOAST.filename}"
PATIENCE_SECONDS, PAUSE_SECONDS = 30, 0.02
WHOLE = "Everything is as it should be.\n"
MOVED = "The index has moved to another database: nothing is written here any more."
FILES_MOVED = "The files of the index have moved to another place: none is kept here any more."


MANY = {"trusted_projects_per_day": "100000", "trusted_files_per_day": "100000"}
KILLED_AFTER_SECONDS = (0.0, 0.05)
"""Since it said that whoever writes waits from now on."""


@pytest.fixture
def database_url() -> str:
    """Only rows of SQLite move."""
    return ""


@pytest.fixture
def here(world: World, ann: Person, bea: Person) -> Terminal:
    """The terminal of an index that has a file, and a held one."""
    for archive in (TOAST, HELD):
        assert ann.uploads(archive).status_code == 200
    bea.holds("project:burnt")
    terminal = Terminal(world.services.settings.data)
    terminal.says("migrate")
    return terminal


@dataclass(frozen=True)
class Place:
    """A database of PostgreSQL and a part of a bucket, for an index to move to."""

    url: str
    settings: dict[str, str]

    @property
    def env(self) -> dict[str, str]:
        """The environment of whoever works there."""
        its = {**self.settings, "database_url": self.url}
        return {f"BASCULE_{name.upper()}": value for name, value in its.items()}

    @property
    def keys(self) -> dict[str, str]:
        """Only what opens the bucket."""
        opens = ("BASCULE_BLOBS_ENDPOINT", "BASCULE_BLOBS_KEY", "BASCULE_BLOBS_KEY_ID")
        return {name: self.env[name] for name in opens}

    @property
    def words(self) -> list[str]:
        """How a move to it is asked for."""
        return ["--to", self.url, "--blobs-to", self.settings["blobs_url"]]


@pytest.fixture
def place(postgres: Postgres, objects: ObjectStore) -> Iterator[Place]:
    with postgres.database() as name:
        yield Place(postgres.url(name), objects.settings)


@pytest.fixture
def there(tmp_path: Path) -> Terminal:
    """The terminal of another machine."""
    return Terminal(tmp_path / "there")


@pytest.mark.slow
def test_a_move_is_killed_and_made_while_others_read_and_upload(tmp_path: Path, place: Place):
    with a_server(tmp_path / "data", **MANY, **_opening(place)) as server:
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


def test_all_that_was_here_is_there_and_the_old_place_only_answers_reads(
    here: Terminal, there: Terminal, place: Place, ann: Person, bea: Person, anyone: Person
):
    said = here.says("migrate", *place.words, env=place.keys)

    assert there.says("check", env=place.env) == WHOLE
    for words in (("holds",), ("journal", "verify"), ("decisions",)):
        assert there.says(*words, env=place.env) == here.says(*words)
    assert there.says("undo", "1", "--reason", "A mistake.", env=place.env)
    assert anyone.sees("toasting") == [TOAST.filename]
    assert anyone.downloads(TOAST).content == TOAST.content
    for refused in (ann.uploads(OTHER), ann.yanks(TOAST), bea.decides("hold", "project:toasting")):
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert MOVED in refused.text
    assert "quite-secret" not in said
    assert f"  BASCULE_BLOBS_URL={place.settings['blobs_url']}\n" in said


def test_a_move_that_was_called_off_is_forgotten_and_can_be_made_again(
    here: Terminal, there: Terminal, place: Place, ann: Person
):
    here.says("migrate", *place.words, env=place.keys)
    assert MOVED in here.refuses("migrate", *place.words, env=place.keys)
    here.says("migrate", "--stay")
    assert ann.uploads(OTHER).status_code == 200

    here.says("migrate", *place.words, env=place.keys)

    assert there.says("check", env=place.env) == WHOLE
    assert there.says("journal", "verify", env=place.env) == here.says("journal", "verify")
    here.says("migrate", "--stay")


def test_an_index_that_is_there_already_stays_as_it_was(
    here: Terminal, there: Terminal, place: Place, ann: Person
):
    there.says("account", "add", "bob", env=place.env)
    before = there.says("journal", "show", env=place.env)

    refused = here.refuses("migrate", *place.words, env=place.keys)
    assert "There is an index in that database already, and it stays as it is." in refused
    there.says("migrate", env=place.env)
    only_blobs = here.refuses("migrate", *place.words[2:], env=place.keys)
    assert "There are blobs of another index in s3://" in only_blobs
    assert there.says("journal", "show", env=place.env) == before
    assert ann.uploads(OTHER).status_code == 200


def test_files_move_alone_and_only_uploads_wait_for_the_new_settings(
    here: Terminal, place: Place, ann: Person, bea: Person, anyone: Person
):
    here.says("migrate", *place.words[2:], env=place.keys)

    env = {name: value for name, value in place.env.items() if name != "BASCULE_DATABASE_URL"}
    assert here.says("check", env=env) == WHOLE
    assert FILES_MOVED in ann.uploads(OTHER).text
    assert bea.decides("hold", "project:toasting").status_code == 201
    assert anyone.sees("toasting") == []
    here.says("migrate", "--stay")
    assert ann.uploads(OTHER).status_code == 200


def test_rows_move_alone(here: Terminal, place: Place, ann: Person):
    here.says("migrate", "--to", place.url)

    assert here.says("check", env={"BASCULE_DATABASE_URL": place.url}) == WHOLE
    assert MOVED in ann.uploads(OTHER).text
    here.says("migrate", "--stay")


def test_what_cannot_be_moved_is_refused(here: Terminal, tmp_path: Path, place: Place):
    folder = (here.folder / "blobs").as_uri()

    assert "no other way" in here.refuses("migrate", "--to", f"sqlite:///{tmp_path}/other")
    assert "are in" in here.refuses("migrate", "--blobs-to", folder)
    assert "to where they stay" in here.refuses("migrate", "--blobs-to", "memory:")
    assert "give --stay alone" in here.refuses("migrate", "--stay", "--blobs-to", folder)
    assert here.says("check") == WHOLE


def _opening(place: Place) -> dict[str, str]:
    """Where the bucket is, for a server that does not use it yet."""
    return {name: value for name, value in place.settings.items() if name != "blobs_url"}


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
