"""Sdists: a sound .tar.gz with one folder at its top and PKG-INFO in it."""

from typing import BinaryIO

from index.upload.archives import tars
from index.upload.complaints import quoted
from index.upload.opened import Opened
from index.upload.policy import Limits
from storage.problems import Invalid


def read(archive: BinaryIO, *, limits: Limits) -> Opened:
    """The sdist, every byte of it checked once, or Invalid (UPLOADS.md 22, 24-26, 28; U14)."""
    tar = tars.read(
        archive,
        wanted=_describes,
        wanted_bytes=limits.metadata_bytes,
        noted=_runs,
        limits=limits,
    )
    tops = sorted({path.partition("/")[0] for path in tar.files | tar.folders})
    if len(tops) != 1 or tops[0] in tar.files:
        raise Invalid(
            f"The sdist has {', '.join(map(quoted, tops[:3])) or 'nothing'} at its top.",
            hint="There has to be one folder at the top, and everything in it.",
        )
    top = tops[0]
    if tar.content is None:
        raise Invalid(
            f"The sdist has no file {quoted(f'{top}/PKG-INFO')}.",
            hint="Build the sdist again with a current build backend.",
        )
    return Opened(
        metadata=tar.content,
        files=tar.files,
        installs={path: content.decode(errors="replace") for path, content in tar.noted.items()},
        licenses=f"{top}/",
    )


def _runs(path: str) -> bool:
    """Whether it runs when the sdist is installed: setup.py, and a build backend of its own."""
    _, _, inside = path.partition("/")
    return inside in ("setup.py", "pyproject.toml")


def _describes(path: str) -> bool:
    _, _, inside = path.partition("/")
    return inside == "PKG-INFO"
