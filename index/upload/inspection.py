"""The inspection of an archive: what it is, once every check has passed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from index.upload import filenames, metadata, sdists, wheels
from index.upload.form import Form
from index.upload.policy import Limits, Policy
from storage.problems import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What a sound archive says of itself."""

    core_metadata: bytes
    """METADATA or PKG-INFO, byte for byte."""
    serve_metadata: bool
    """Whether that may be served beside the file: it is what installing gives (S36, S37)."""
    requires_python: str | None
    metadata: Mapping[str, Any]
    """The same by the keys of `packaging.metadata.RawMetadata`, ready to be stored as JSON."""
    files: frozenset[str]
    """The path of every file."""
    installs: Mapping[str, str]
    """How the files begin that run when it is installed, by their paths."""
    warnings: tuple[str, ...]
    """What the uploader should know although nothing is refused for it."""


def inspect(
    archive: BinaryIO, *, filename: str, form: Form, policy: Policy, limits: Limits
) -> Contents:
    """What is in *archive*, a seekable file, or Invalid with what is wrong (UPLOADS.md 13-33).

    Reads the archive once, piece by piece: a large one needs no more memory than a small one.
    Takes as long as that and, for a description in reStructuredText, at most the limit more.
    """
    named = filenames.parse(filename, form, policy=policy)
    if archive.seek(0, 2) == 0:
        raise Invalid("The file is empty.", hint="Build it again and upload it again.")
    if form.filetype == "sdist":
        opened = sdists.read(archive, limits=limits)
    else:
        opened = wheels.read(archive, stem=named.stem, limits=limits)
    raw = metadata.check(opened, form, policy=policy, limits=limits)
    return Contents(
        core_metadata=opened.metadata,
        serve_metadata=form.filetype != "sdist" or metadata.is_final(raw),
        requires_python=metadata.requires_python(raw),
        metadata=metadata.as_json(raw),
        files=opened.files,
        installs=opened.installs,
        warnings=tuple(metadata.warnings(raw, form)),
    )
