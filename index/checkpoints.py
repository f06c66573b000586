"""Checkpoints: what the journal was at a moment, signed, for whoever keeps them elsewhere."""

import fcntl
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from index import signing
from index.services import Services
from storage import identity, journal
from storage.database import Transaction
from storage.problems import Invalid, Problem, Unavailable

ANSWER_SECONDS = 10
"""How long whoever takes checkpoints may stand still."""

LINE_BYTES = 4096
"""No checkpoint is longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """The newest entry of an index, and how many there were. The signature covers the rest."""

    index: str
    serial: int
    hash: str
    entries: int
    at: datetime
    signature: str = ""


def make(services: Services) -> bytes:
    """A new checkpoint as a line of JSON, kept where BASCULE_CHECKPOINT_URL says, if it does.

    Raises Unavailable if the key cannot be had or the line cannot be kept.
    """
    checkpoint = services.database.read_now(_now, at=services.now())
    key = signing.key_in(services.settings.data)
    signed = replace(checkpoint, signature=signing.signature(key, _covered(checkpoint)))
    line = msgspec.json.encode(signed)
    if url := services.settings.checkpoint_url:
        _keep(url, line)
    return line


def make_if_wanted(services: Services) -> None:
    """A new checkpoint, if there is a place to keep it. Raises Unavailable."""
    if services.settings.checkpoint_url:
        make(services)


def signed_in(path: Path, *, index: str | None, public: str) -> Mapping[int, str]:
    """The hash of each entry that the checkpoints in a file have signed, by its serial.

    Raises Invalid, naming the line, for what is no checkpoint of *index* signed with the key that
    *public* is half of; Unavailable if the file cannot be read.
    """
    signed: dict[int, str] = {}
    try:
        with path.open("rb") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(LINE_BYTES), b""), start=1):
                read = _read(line, f"Line {number} of {path}", index=index, public=public)
                if signed.setdefault(read.serial, read.hash) != read.hash:
                    raise Invalid(
                        f"Line {number} of {path} has another entry {read.serial} than an earlier "
                        "one: the journal was written anew in between."
                    )
    except OSError as error:
        raise Unavailable(f"The file {path} cannot be read: {error.strerror}.") from error
    return signed


def _now(tx: Transaction, *, at: datetime) -> Checkpoint:
    serial, newest = journal.head(tx)
    index = identity.of_index(tx) or ""
    return Checkpoint(index=index, serial=serial, hash=newest, entries=journal.count(tx), at=at)


def _covered(checkpoint: Checkpoint) -> bytes:
    return b"bascule checkpoint\n" + msgspec.json.encode(replace(checkpoint, signature=""))


def _read(line: bytes, where: str, *, index: str | None, public: str) -> Checkpoint:
    try:
        checkpoint = msgspec.json.decode(line, type=Checkpoint)
    except msgspec.DecodeError as error:
        raise Invalid(f"{where} is no checkpoint.") from error
    if not signing.is_signed(_covered(checkpoint), checkpoint.signature, public=public):
        hint = "If the key was another one then, give its public half with --key."
        raise Invalid(f"{where} was not signed with the key of this index.", hint=hint)
    if checkpoint.index != index:
        raise Invalid(f"{where} is a checkpoint of another index.")
    return checkpoint


def _keep(url: str, line: bytes) -> None:
    parts = urlsplit(url)
    try:
        if parts.scheme == "file":
            _append(Path(unquote(parts.path)), line + b"\n")
        else:
            _post(url, line)
    except OSError as error:
        raise _not_kept(error.strerror or str(error)) from error
    except HTTPException as error:
        raise _not_kept("no sensible answer came") from error


def _append(path: Path, line: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab", 0) as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        size_bytes = os.fstat(opened.fileno()).st_size
        try:
            if opened.write(line) != len(line):
                raise OSError(None, "the disk is full")
            os.fsync(opened.fileno())
        except OSError:
            os.ftruncate(opened.fileno(), size_bytes)  # Whole, or not at all.
            raise


def _post(url: str, line: bytes) -> None:
    parts = urlsplit(url)
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = connect(parts.hostname or "", parts.port, timeout=ANSWER_SECONDS)
    try:
        path = parts._replace(scheme="", netloc="", path=parts.path or "/").geturl()
        connection.request("POST", path, line, {"content-type": "application/json"})
        status = connection.getresponse().status
    finally:
        connection.close()
    if status >= 300:  # A redirection too: what is signed goes where the operator said.
        raise _not_kept(f"the answer was {status}")


def _not_kept(why: str) -> Problem:
    return Unavailable(
        f"The checkpoint could not be kept: {why}.",
        hint="BASCULE_CHECKPOINT_URL says where it should go.",
    )
