"""Paths of members: plain, relative, downwards, each one once on every file system."""

import re
import unicodedata
from collections.abc import Iterable

from index.upload.complaints import quoted
from index.upload.policy import Limits
from storage.problems import Invalid

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_DRIVE = re.compile(r"[A-Za-z]:")


def check(path: str, *, limits: Limits) -> None:
    """Invalid if *path* could lead out of the folder it is unpacked in (UPLOADS.md 24).

    A folder may end with a slash.
    """
    if wrong := _fault(path, limits):
        raise Invalid(
            f"The archive has a member named {quoted(path)}: {wrong}.",
            hint="Build the archive again with a current build backend.",
        )


def check_together(files: Iterable[str], folders: Iterable[str]) -> None:
    """Invalid if two members would become one where case or accents do not count.

    The same for a file that others lie in as if it were a folder. Folders are given without
    the last slash; one may be there twice.
    """
    seen: dict[str, str] = {}
    for path in files:
        if (other := seen.setdefault(_folded(path), path)) is not path:
            raise _alike(path, other)
    inner: dict[str, str] = {}
    for path in folders:
        if (other := inner.setdefault(_folded(path), path)) != path:
            raise _alike(path, other)
    within = {parent for path in (*seen, *inner) for parent in _parents(path)} | inner.keys()
    for folded, path in seen.items():
        if folded in within:
            raise Invalid(f"The archive has {quoted(path)} both as a file and as a folder.")


def _alike(path: str, other: str) -> Invalid:
    same = "twice" if other == path else f"and {quoted(other)}, which differ only in case"
    return Invalid(f"The archive has {quoted(path)} {same}.", hint="Leave one of them out.")


def _fault(path: str, limits: Limits) -> str | None:
    if _CONTROL.search(path):
        return "it has control characters in it"
    if "\\" in path:
        return "it has a backslash in it"
    if path.startswith("/") or _DRIVE.match(path):
        return "it is absolute"
    if len(path.encode()) > limits.member_name_bytes:
        return f"it is longer than {limits.member_name_bytes} bytes"
    parts = path.removesuffix("/").split("/")
    if ".." in parts:
        return "it leads upwards"
    if "" in parts or "." in parts:
        return "it has an empty part"
    return None


def _folded(path: str) -> str:
    return unicodedata.normalize("NFC", path).casefold()


def _parents(path: str) -> Iterable[str]:
    while (slash := path.rfind("/")) > 0:
        path = path[:slash]
        yield path
