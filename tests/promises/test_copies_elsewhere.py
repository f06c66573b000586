"""A copy restores to either database and any store, whatever the index ran on."""

import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from index.signing import KEY_FILE
from tests.kit.live import Server, a_server
from tests.kit.makers import Archive, a_wheel
from tests.kit.objects import ObjectStore
from tests.kit.postgres import Postgres
from tests.kit.terminal import Terminal
from tests.kit.world import JSON, Person, World

WHOLE = "Everything is as it should be.\n"


@pytest.fixture
def elsewhere(postgres: Postgres, objects: ObjectStore) -> Iterator[dict[str, str]]:
    """How an index is set whose rows and blobs are in no folder."""
    with postgres.database() as name:
        yield {"database_url": postgres.url(name), **objects.settings}


@pytest.mark.slow
@pytest.mark.parametrize("way", ["into a folder", "out of one"])
def test_a_copy_is_restored_to_another_kind_of_database_and_of_store(
    tmp_path: Path, elsewhere: dict[str, str], way: str
):
    wheels = [a_wheel(f"toast{number}", "1.0") for number in range(16)]
    every = ["/simple/", *(path for wheel in wheels for path in _paths(wheel))]
    is_out = way == "out of one"
    its, other = ({}, elsewhere) if is_out else (elsewhere, {})
    copy, there = tmp_path / "copy", Terminal(tmp_path / "there")
    env = {f"BASCULE_{name.upper()}": value for name, value in other.items()}
    with a_server(tmp_path / "data", trusted_projects_per_day="1000", **its) as server:
        token = server.a_token("ann")
        server.publish(token, *wheels[:4])
        uploading = threading.Thread(target=server.publish, args=(token, *wheels[4:]))
        uploading.start()
        server.bascule("backup", str(copy))
        assert Terminal(copy).says("check") == WHOLE
        uploading.join()
        server.bascule("hold", "project:toast1", "--reason", "Because.")
        server.bascule("backup", str(copy))
        there.says("restore", str(copy), env=env)
        with a_server(there.folder, **other) as same:
            assert same.bascule("check") == WHOLE
            assert _answers(same, every) == _answers(server, every)
            for words in (("journal", "verify"), ("holds",)):
                assert same.bascule(*words) == server.bascule(*words)
            for each in (same, server):
                each.bascule("undo", "1", "--reason", "A mistake.")
            assert _answers(same, every) == _answers(server, every)


def test_nothing_is_restored_over_an_index_that_is_in_no_folder(
    tmp_path: Path, elsewhere: dict[str, str]
):
    env = {f"BASCULE_{name.upper()}": value for name, value in elsewhere.items()}
    only_blobs = {name: value for name, value in env.items() if "BLOBS" in name}
    ann, bob, there, empty = (Terminal(tmp_path / name) for name in ("ann", "bob", "1", "2"))
    for terminal, name in ((ann, "ann"), (bob, "bob")):
        terminal.says("account", "add", name)
        terminal.says("backup", str(tmp_path / f"of-{name}"))
    there.folder.mkdir()
    (there.folder / KEY_FILE).write_text("Another one.")
    refused = there.refuses("restore", str(tmp_path / "of-ann"), env=env)
    assert f"{there.folder / KEY_FILE} is the key of another index" in refused
    (there.folder / KEY_FILE).unlink()
    there.says("restore", str(tmp_path / "of-ann"), env=env)

    for name in ("ann", "bob"):
        refused = there.refuses("restore", str(tmp_path / f"of-{name}"), env=env)
        assert "There is an index in that database already, so nothing was restored." in refused
    refused = empty.refuses("restore", str(tmp_path / "of-bob"), env=only_blobs)
    assert "There are blobs of another index in s3://" in refused
    assert there.says("account", "list", env=env) == ann.says("account", "list")


def test_a_restore_that_was_interrupted_sends_what_is_missing_alone(
    tmp_path: Path, world: World, ann: Person, elsewhere: dict[str, str], objects: ObjectStore
):
    for number in range(4):
        assert ann.uploads(a_wheel(f"toast{number}", "1.0")).status_code == 200
    Terminal(world.services.settings.data).says("backup", str(tmp_path / "copy"))
    env = {f"BASCULE_{name.upper()}": value for name, value in elsewhere.items()}
    whole, there = sorted((tmp_path / "copy" / "blobs").glob("sha256/*/*")), tmp_path / "there"
    lost = whole[0].read_bytes()
    whole[0].write_bytes(b"burnt")
    refused = Terminal(there).refuses("restore", str(tmp_path / "copy"), env=env)
    assert refused == f"The blob {whole[0].name} has other bytes than its name says."
    assert "accounts\t0\n" in Terminal(there).says("status", env=env)
    sent = [name for name in objects.objects() if name.startswith("sha256/")]
    whole[0].write_bytes(lost)

    said = Terminal(there).says("restore", str(tmp_path / "copy"), env=env)

    assert said == f"Restored the index, and {len(whole) - len(sent)} blobs.\n"
    assert Terminal(there).says("check", env=env) == WHOLE


def _paths(wheel: Archive) -> list[str]:
    file = f"/packages/{wheel.sha256}/{wheel.filename}"
    return [f"/simple/{wheel.filename.partition('-')[0]}/", file, f"{file}.metadata"]


def _answers(server: Server, paths: list[str]) -> list[tuple[int, bytes, str | None]]:
    with httpx2.Client(base_url=server.url) as client:
        answers = [
            client.get(path, headers={"accept": accept})
            for path in paths
            for accept in (JSON, "text/html")
        ]
    return [(each.status_code, each.content, each.headers.get("etag")) for each in answers]
