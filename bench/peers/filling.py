"""Our data folder, filled below every door: the rows by the functions that an upload ends in."""

import hashlib
import io
import shutil
import sys
import zipfile
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

from packaging.utils import NormalizedName

from bench.corpus import Part
from bench.peers import note_made, unmade
from bench.place import ROOT, Place
from index.app import compose
from index.services import Services
from index.settings import Settings
from index.upload.names import skeleton
from moderation import accounts, publishing
from moderation.submissions import Candidate, Submission
from storage.blobs import Hashes
from storage.database import Transaction
from storage.migrations import migrate
from storage.records import Blob, Role, Scope
from storage.urls import blobs_folder
from tests.kit.makers import Archive

SECRETS = {Scope.UPLOAD: "bascule_bench-uploads", Scope.MODERATE: "bascule_bench-decides"}

_ACCOUNT = "bench"


def prepared(place: Place, parts: Sequence[Part]) -> Path:
    """A data folder with these parts at least, made once for each schema. Nobody writes to it."""
    folder = place.prepared / "ours"
    fingerprint = _schema()
    if not (folder / fingerprint).exists():
        _begin(folder)
        (folder / fingerprint).touch()
    for part in unmade(folder, parts, fingerprint=fingerprint):
        print(f"Filling our folder with {part.name}.", file=sys.stderr)
        _fill(folder, part)
        note_made(folder, part, fingerprint=fingerprint)
    return folder


def _schema() -> str:
    names = sorted(path.name for path in (ROOT / "storage/migrations/versions").glob("r*.py"))
    return f"schema-{hashlib.sha256(' '.join(names).encode()).hexdigest()[:16]}"


def fill(folder: Path, parts: Sequence[Part], **settings: Any) -> None:
    """Make an index with these parts, whose rows are where the *settings* say."""
    _begin(folder, **settings)
    for part in parts:
        _fill(folder, part, **settings)


def _begin(folder: Path, **settings: Any) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    services = compose(Settings(data=folder, **settings))
    with closing(services.database):
        migrate(services.database)
        services.database.write_now(_register, services)


def _register(tx: Transaction, services: Services) -> None:
    by, at = "operator:bench", services.now()
    account = accounts.register(
        tx, name=_ACCOUNT, email=None, password_hash=None, by=by, at=at, role=Role.ADMIN, vouch=by
    )
    for scope, secret in SECRETS.items():
        accounts.add_token(
            tx,
            account,
            token_id=f"bench-{scope}",
            secret=secret,
            scope=scope,
            project=None,
            expires_at=None,
            by=by,
            at=at,
        )


def _fill(folder: Path, part: Part, **settings: Any) -> None:
    services = compose(Settings(data=folder, **settings))
    blobs = blobs_folder(services.settings.blobs_url)
    began = services.now()

    def publish(tx: Transaction) -> None:
        account = accounts.known(tx, _ACCOUNT)
        for number, archive in enumerate(part.archives()):
            submission = _submission(archive, blobs)
            at = began + timedelta(microseconds=number)
            publishing.publish(tx, submission, account, None, terms=services.terms, at=at)

    with closing(services.database):
        services.database.write_now(publish)


def _submission(archive: Archive, blobs: Path | None) -> Submission:
    project = NormalizedName(archive.name)
    return Submission(
        candidate=Candidate(
            project=project,
            spelled=archive.name,
            skeleton=skeleton(project),
            version=archive.version,
            filename=archive.filename,
            filetype=archive.filetype,
            python_version=archive.python_version,
        ),
        blob=_kept(archive.content, blobs),
        comment="",
        requires_python=dict(archive.described).get("requires_python"),
        core_metadata=_kept(_core_metadata(archive), blobs),
        metadata={"name": archive.name, "version": archive.version},
    )


def _core_metadata(archive: Archive) -> bytes:
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        name = next(each for each in opened.namelist() if each.endswith(".dist-info/METADATA"))
        return opened.read(name)


def _kept(content: bytes, blobs: Path | None) -> Blob:
    """The bytes as a blob in its place: in a folder that can be made again, nothing is flushed."""
    hashes = Hashes()
    hashes.update(content)
    blob = hashes.blob()
    if blobs is not None:
        place = blobs / "sha256" / blob.sha256[:2] / blob.sha256
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return blob
