"""An archive that has been read: its metadata, its files, and where its licences lie."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a wheel and an sdist have in common once they are known to be sound."""

    metadata: bytes
    """METADATA or PKG-INFO, as it is in the archive."""
    files: frozenset[str]
    """The path of every file."""
    licenses: str
    """The folder that the paths in License-File start from, with a slash at its end."""
