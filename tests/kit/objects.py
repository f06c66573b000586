"""A real S3 server of this run, shared by its processes, with a place of its own for each test."""

import fcntl
import os
import random
import secrets
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx2
import obstore
import pytest
from obstore.store import S3Store

from index.environment import variable
from storage.blobs.buckets import Access
from storage.blobs.objects import ObjectBlobs
from tests.kit.source import ROOT

TOOL = ROOT.parent / "shared" / "tools" / "s3-server"
BUCKET = "bascule"
START_SECONDS = 900
"""The first start of all on a machine installs the server."""

STOP_SECONDS = 120
PORTS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectStore:
    """A part of a bucket of a server that answers."""

    endpoint: str
    key_id: str
    key: str = field(repr=False)
    prefix: str = ""

    def a_place(self) -> "ObjectStore":
        """An empty part of the bucket."""
        return ObjectStore(
            endpoint=self.endpoint, key_id=self.key_id, key=self.key, prefix=secrets.token_hex(8)
        )

    @property
    def settings(self) -> dict[str, str]:
        """How an index is set whose blobs are here."""
        return {
            "blobs_url": f"s3://{BUCKET}/{self.prefix}",
            "blobs_endpoint": self.endpoint,
            "blobs_key_id": self.key_id,
            "blobs_key": self.key,
        }

    @property
    def environment(self) -> dict[str, str]:
        """The same as variables."""
        return environment(self.settings)

    def blobs(self, drafts: Path, **other: str) -> ObjectBlobs:
        """A store of blobs; *other* settings say something else than is true."""
        its = self.settings | other
        access = Access(
            endpoint=its["blobs_endpoint"], key_id=its["blobs_key_id"], key=its["blobs_key"]
        )
        return ObjectBlobs(its["blobs_url"], access, drafts=drafts)

    @property
    def bucket(self) -> S3Store:
        """The part itself, past every door."""
        return S3Store(
            BUCKET,
            prefix=self.prefix or None,
            config={
                "endpoint": self.endpoint,
                "access_key_id": self.key_id,
                "secret_access_key": self.key,
            },
            client_options={"allow_http": True},
        )

    def objects(self) -> list[str]:
        """The names of all that is there."""
        return sorted(found["path"] for page in obstore.list(self.bucket) for found in page)

    def puts(self, sha256: str, content: bytes) -> None:
        """Put bytes where the blob of that digest is."""
        obstore.put(self.bucket, f"sha256/{sha256[:2]}/{sha256}", content)


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings as variables of the environment."""
    return {variable(name): value for name, value in settings.items()}


@contextmanager
def an_object_store(shared: Path) -> Iterator[ObjectStore]:
    """The server of this run, whose processes share a folder: started by the first, stopped by the
    last of them. Without the tool for it, only CI insists on the tests."""
    environ = {**os.environ, "S3_DATA": str(shared / "s3-data")}
    with _alone(shared) as users:
        environ["S3_PORT"] = str(_port(shared))
        store = started(environ)
        made = httpx2.put(obstore.sign(store.bucket, "PUT", "", timedelta(seconds=60)))
        assert made.status_code == 200, made.text
        users.write_text(f"{_count(users) + 1}")
    try:
        yield store
    finally:
        with _alone(shared) as users:
            users.write_text(f"{_count(users) - 1}")
            if not _count(users):
                wipe(environ)


def started(environ: Mapping[str, str]) -> ObjectStore:
    """The server that the tool starts in that environment, unless it runs already."""
    said = _run("start", environ, START_SECONDS)
    return ObjectStore(endpoint=said["endpoint"], key_id=said["access_key"], key=said["secret_key"])


def wipe(environ: Mapping[str, str]) -> None:
    """Stop that server, and remove all that was in it."""
    _run("wipe", environ, STOP_SECONDS)


def _run(word: str, environ: Mapping[str, str], seconds: float) -> dict[str, str]:
    """What the tool prints."""
    why = f"{TOOL} is not there"
    with suppress(FileNotFoundError):
        ran = subprocess.run(
            [TOOL, word], env=environ, capture_output=True, text=True, timeout=seconds
        )
        if not ran.returncode:
            said = (line.partition("=") for line in ran.stdout.splitlines())
            return {name: value for name, _, value in said}
        why = f"{TOOL} {word} failed: {ran.stderr}"
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(f"Left out what takes a real S3 server: {why}")


@contextmanager
def _alone(shared: Path) -> Iterator[Path]:
    """The file that counts the processes, while no other one looks at it."""
    with (shared / "s3.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield shared / "s3.users"


def _count(users: Path) -> int:
    return int(users.read_text()) if users.exists() else 0


def _port(shared: Path) -> int:
    """The first of ten ports that nobody listens on, the same for all of the run."""
    chosen = shared / "s3.port"
    if not chosen.exists():
        chosen.write_text(f"{free_ports()}")
    return int(chosen.read_text())


def free_ports() -> int:
    """The first of ten ports in a row that nobody listens on."""
    while True:
        first = random.randrange(20_000, 32_000, PORTS)
        if not any(_is_taken(port) for port in range(first, first + PORTS)):
            return first


def _is_taken(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0
