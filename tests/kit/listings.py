"""Projects as the public sees them, without a database behind them."""

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from packaging.utils import NormalizedName

from storage.records import Digest, File, Listing, Offered, Release, Seen, Status

UPLOADED_AT = datetime(2026, 11, 25, 8, 30, 0, 123456, tzinfo=UTC)


def digest(of: str) -> Digest:
    """A sha256 that depends on nothing but *of*."""
    return Digest(hashlib.sha256(of.encode()).hexdigest())


def a_file(filename: str = "toasting-1.0-py3-none-any.whl", **changes: Any) -> File:
    """A wheel that needs a Python and has metadata, but for the *changes*."""
    plain = File(
        id=1,
        project=NormalizedName("toasting"),
        version="1.0",
        filename=filename,
        filetype="bdist_wheel",
        python_version="py3",
        size_bytes=4321,
        sha256=digest(filename),
        md5="5" * 32,
        blake2b_256="b" * 64,
        uploaded_at=UPLOADED_AT,
        requires_python=">=3.9",
        core_metadata=digest(f"{filename}.metadata"),
    )
    return replace(plain, **changes)


def offered(file: File, *, provenance: str | None = None) -> Offered:
    """What a page says of that file."""
    said = {name: getattr(file, name) for name in Offered._fields if name != "provenance"}
    return Offered(**said, provenance=provenance)


def a_listing(*files: File | Offered, **changes: Any) -> Listing:
    """An active project with these files, but for the *changes*."""
    plain = Listing(
        name=NormalizedName("toasting"),
        spelled="Toasting",
        status=Status.ACTIVE,
        status_reason="",
        versions=tuple(sorted({file.version for file in files})),
        files=tuple(each if isinstance(each, Offered) else offered(each) for each in files),
        serial=41,
        seen=Seen(project="toasting", as_of=41, since_at=UPLOADED_AT, until_at=None),
    )
    return replace(plain, **changes)


def a_release(version: str = "1.0", *, project: str = "toasting", **metadata: Any) -> Release:
    """A version, described by *metadata*."""
    return Release(
        project=NormalizedName(project),
        version=version,
        released_at=UPLOADED_AT,
        metadata={"name": project, "version": version, **metadata},
    )
