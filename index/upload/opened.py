"""An archive that has been read: its metadata, its files, and where its licences lie."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a wheel and an sdist have in common once they are known to be sound."""

    metadata: bytes
    """METADATA or PKG-INFO, as it is in the archive."""
    files: frozenset[str]
    """The path of every file."""
    installs: Mapping[str, str]
    """How the files begin that run when it is installed, by their paths."""
    licenses: str
    """The folder that the paths in License-File start from, with a slash at its end."""
