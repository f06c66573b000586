"""A server killed while it takes uploads in: row 37 of UPLOADS.md, and law 10."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from threading import Event

import httpx2
import pytest

from index.app import compose
from index.cli import checks
from index.settings import Settings
from storage import files, sweeping
from tests.kit.makers import Archive, a_wheel
from tests.kit.mortal import Mortal, a_mortal
from tests.kit.uploaders import ANSWER_SECONDS, client_of, tokens_in, upload
from tests.kit.world import JSON

KILLS = 5
LONGEST_LIFE_SECONDS = 0.5
NAMES = ("ann", "bob", "cleo")


@pytest.mark.parametrize("seed", range(5))
def test_row_37_a_kill_at_any_instant_loses_nothing_that_was_answered(tmp_path: Path, seed: int):
    instants = Random(seed)
    people = [Uploader(*each) for each in zip(NAMES, tokens_in(tmp_path, *NAMES), strict=True)]

    for number in range(KILLS):
        with a_mortal(tmp_path) as server, ThreadPoolExecutor(len(people)) as threads:
            under_way = [threads.submit(person.uploads_to, server) for person in people]
            if number % 2:
                people[0].is_answered.wait(ANSWER_SECONDS)
            time.sleep(instants.uniform(0, LONGEST_LIFE_SECONDS))
            server.dies()
        for upload_to in under_way:
            upload_to.result()

    with a_mortal(tmp_path) as server:
        for person in people:
            person.finds_all_that_was_answered(server)
        nothing_is_wrong_or_left(tmp_path)
    assert sum(len(person.answered) for person in people) > 0


class Uploader:
    """One who uploads for as long as there is a server, and remembers what was answered."""

    def __init__(self, name: str, token: str) -> None:
        self.project = f"toast-of-{name}"
        self.token = token
        self.sent: dict[str, Archive] = {}
        self.answered: set[str] = set()
        self.is_answered = Event()

    def uploads_to(self, server: Mortal) -> None:
        """Upload file after file, small ones and some that take a while."""
        self.is_answered.clear()
        with client_of(server.url, self.token) as client:
            while True:
                archive = self._another()
                try:
                    answer = upload(client, archive)
                except httpx2.TransportError:
                    return
                assert answer.status_code == 200, answer.text
                self.answered.add(archive.filename)
                self.is_answered.set()

    def finds_all_that_was_answered(self, server: Mortal) -> None:
        """What was answered is there, and what is there is whole, answered or not."""
        with client_of(server.url, self.token) as client:
            page = client.get(f"/simple/{self.project}/", headers={"accept": JSON})
            listed = page.json()["files"] if page.status_code == 200 else []
            assert self.answered <= {file["filename"] for file in listed}
            for file in listed:
                url = f"/simple/{self.project}/{file['url']}"
                assert client.get(url).content == self.sent[file["filename"]].content
                assert client.get(f"{url}.metadata").status_code == 200

    def _another(self) -> Archive:
        number = len(self.sent)
        crumbs = Random(number).randbytes([10, 1000, 400_000][number % 3])
        archive = a_wheel(self.project, f"1.{number}", files={"crumbs": crumbs})
        self.sent[archive.filename] = archive
        return archive


def nothing_is_wrong_or_left(folder: Path) -> None:
    """`bascule check` finds nothing, and `bascule sweep` leaves only what rows refer to."""
    checks.check(data=folder)
    services = compose(Settings(data=folder))
    sweeping.sweep(services.database, services.blobs, at=services.now())
    rows = services.database.read_now(files.referenced, after=0, limit=10_000)
    services.database.close()
    referenced = {digest for row in rows for digest in (row.sha256, row.core_metadata)}
    assert {path.name for path in (folder / "blobs").rglob("*") if path.is_file()} == referenced
