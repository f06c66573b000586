"""What was signed and lies elsewhere finds out a journal that was cut off or written anew."""

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from stat import S_IMODE

import pytest
from sqlalchemy import text

from index import background, signing
from index.background import JOBS
from index.environment import from_environment
from index.settings import Settings
from storage import identity
from storage.problems import Invalid, Unavailable
from storage.schema import entries
from tests.kit.live import a_server
from tests.kit.makers import a_wheel
from tests.kit.terminal import Terminal
from tests.kit.world import Person, World

(CHECKPOINT,) = [job for job in JOBS if job.name == "checkpoint"]

PATIENCE_SECONDS = 20


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Where the checkpoints go."""
    return tmp_path / "kept.jsonl"


@pytest.fixture
def settings(kept: Path) -> dict[str, object]:
    """They go into a file."""
    return {"checkpoint_url": kept.as_uri()}


@pytest.fixture
def terminal(world: World) -> Terminal:
    """Whoever runs the index."""
    world.services.database.write_now(identity.give, "0a" * 16)
    return Terminal(world.services.settings.data)


def test_each_checkpoint_is_a_line_that_anybody_can_prove(
    world: World, ann: Person, terminal: Terminal, kept: Path
):
    background.run_now(world.services, CHECKPOINT)
    ann.uploads(a_wheel("toasting"))
    background.run_now(world.services, CHECKPOINT)

    lines = [json.loads(line) for line in kept.read_bytes().splitlines()]
    signatures = [line.pop("signature") for line in lines]
    key, hashes = terminal.says("journal", "key").strip(), _hashes(world)
    at = "2026-11-25T12:00:00Z"
    assert lines == [
        {"index": "0a" * 16, "serial": n, "hash": hashes[n], "entries": n, "at": at} for n in (3, 5)
    ]
    for line, signature in zip(lines, signatures, strict=True):
        covered = json.dumps({**line, "signature": ""}, separators=(",", ":"))
        content = b"bascule checkpoint\n" + covered.encode()
        assert signing.is_signed(content, signature, public=key)
        assert not signing.is_signed(content.replace(b"2026", b"2027"), signature, public=key)
    private = world.services.settings.data / "checkpoint-key.pem"
    assert [S_IMODE(path.stat().st_mode) for path in (private, kept)] == [0o600, 0o600]


def test_a_journal_that_was_cut_off_or_written_anew_is_found_out(
    world: World, ann: Person, terminal: Terminal, kept: Path
):
    ann.uploads(a_wheel("toasting"))
    background.run_now(world.services, CHECKPOINT)
    verify = ("journal", "verify", "--checkpoints", str(kept))
    whole = "All 5 entries of the journal are as they were written.\n"
    assert terminal.says(*verify) == f"{whole}The checkpoints have signed 1 of them.\n"

    for table in ("payloads", "entry_projects", "entries"):
        _change(world, f"DELETE FROM {table} WHERE serial = 5")

    assert terminal.says("journal", "verify") == whole.replace("5", "4")
    assert terminal.refuses(*verify) == "Entry 5 of the journal is missing."
    ann.uploads(a_wheel("crumpets"))
    assert terminal.refuses(*verify) == (
        "The journal was written anew, somewhere from entry 1 to entry 5."
    )


def test_lines_that_prove_nothing_are_named(world: World, terminal: Terminal, kept: Path):
    line = terminal.says("journal", "checkpoint")
    kept.write_text(line)
    assert terminal.says("journal", "verify", "--checkpoints", str(kept))
    other = signing.public_half(signing.key_in(kept.parent))
    verify = ("journal", "verify", "--checkpoints", str(kept))

    kept.write_text(line + line.replace('"serial":0', '"serial":1'))
    assert terminal.refuses(*verify) == (
        f"Line 2 of {kept} was not signed with the key of this index. "
        "If the key was another one then, give its public half with --key."
    )
    kept.write_text(line + "{}\n")
    assert terminal.refuses(*verify) == f"Line 2 of {kept} is no checkpoint."
    kept.write_text(line)
    assert terminal.refuses(*verify, "--key", other).startswith(f"Line 1 of {kept} was not signed")
    assert terminal.refuses(*verify, "--key", "x").startswith("The public key is not 32 bytes")
    _change(world, "UPDATE identity SET id = 'another'")
    assert terminal.refuses(*verify) == f"Line 1 of {kept} is a checkpoint of another index."
    kept.unlink()
    assert terminal.refuses(*verify) == (
        f"The file {kept} cannot be read: No such file or directory."
    )


def test_what_cannot_be_kept_is_told(world: World, kept: Path):
    kept.mkdir()

    with pytest.raises(Unavailable) as caught:
        background.run_now(world.services, CHECKPOINT)
    assert caught.value.message == "The checkpoint could not be kept: Is a directory."


def test_a_server_makes_one_at_its_start_whoever_of_its_workers(tmp_path: Path):
    kept = tmp_path / "kept.jsonl"
    with a_server(tmp_path / "data", workers="2", checkpoint_url=kept.as_uri()) as server:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (kept.exists() and kept.read_bytes()):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        said = server.bascule("journal", "verify", "--checkpoints", str(kept))

    assert said.endswith("The checkpoints have signed 1 of them.\n")
    assert len(kept.read_bytes().splitlines()) == 1


class Receiver(BaseHTTPRequestHandler):
    """Takes what is posted."""

    taken: list[tuple[str, bytes]]
    status: int

    def do_POST(self) -> None:
        self.taken.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
        self.send_response(self.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver() -> Iterator[tuple[str, type[Receiver]]]:
    """Somebody on this machine who takes checkpoints, and where."""
    taking = type("Taking", (Receiver,), {"taken": [], "status": 204})
    with HTTPServer(("127.0.0.1", 0), taking) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", taking
        server.shutdown()
        thread.join()


def test_a_checkpoint_is_posted_to_whom_the_operator_named(
    world: World, receiver: tuple[str, type[Receiver]], tmp_path: Path
):
    url, taking = receiver
    terminal = Terminal(tmp_path / "other")
    terminal.says("migrate")

    line = terminal.says("journal", "checkpoint", env={"BASCULE_CHECKPOINT_URL": f"{url}/in?a=b"})
    taking.status = 302
    refused = terminal.refuses("journal", "checkpoint", env={"BASCULE_CHECKPOINT_URL": url})

    assert taking.taken[0] == ("/in?a=b", line.strip().encode())
    assert refused == (
        "The checkpoint could not be kept: the answer was 302. "
        "BASCULE_CHECKPOINT_URL says where it should go."
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/in",
        "http://127.0.0.1.example.org/",
        "https://ann:secret@example.org/",
        "https://",
        "https://example.org:0/",
        "ftp://example.org/",
        "file:///srv/folder/",
        "/srv/checkpoints",
        "https://example.org/a b",
        "https://[::1/",
    ],
)
def test_a_checkpoint_goes_nowhere_else(url: str):
    with pytest.raises(Invalid) as caught:
        from_environment({"BASCULE_CHECKPOINT_URL": url}, overrides={})
    assert caught.value.message == (
        "BASCULE_CHECKPOINT_URL has to be a URL like file:///srv/checkpoints.jsonl, "
        "or one of https."
    )


@pytest.mark.parametrize(
    "url", ["https://example.org/in?token=x", "http://localhost:1/", "http://[::1]:1/", "file:/a"]
)
def test_a_checkpoint_may_go_there(url: str):
    found = from_environment({"BASCULE_CHECKPOINT_URL": url}, overrides={})

    assert (found.checkpoint_url, Settings().checkpoint_url) == (url, "")


def _hashes(world: World) -> dict[int, str]:
    return {row[0]: row[-1] for row in world.rows(entries)["entries"]}


def _change(world: World, sql: str) -> None:
    world.services.database.write_now(lambda tx: tx.execute(text(sql)))
