"""Links in a tar: to what lies in the same archive, whatever order they are made in."""

from collections.abc import Container

from index.upload.archives import paths
from index.upload.complaints import quoted
from index.upload.policy import Limits
from storage.problems import Invalid


def check_symlink(path: str, target: str, *, limits: Limits) -> None:
    """Invalid if *target*, seen from *path*, is outside the top folder (UPLOADS.md 25).

    `..` may come first only: after a name that is itself a link it would lead elsewhere than it
    seems to.
    """
    parts = [part for part in target.split("/") if part not in ("", ".")]
    upwards = next((at for at, part in enumerate(parts) if part != ".."), len(parts))
    downwards = parts[upwards:]
    if not target or target.startswith("/") or upwards >= path.count("/") or ".." in downwards:
        raise _leaving(path, target)
    if downwards:
        paths.check("/".join(downwards), limits=limits)


def check_hard_link(path: str, target: str, files: Container[str]) -> None:
    """Invalid if *target* is not among the *files* that came before."""
    if target not in files:
        raise _leaving(path, target)


def _leaving(path: str, target: str) -> Invalid:
    return Invalid(
        f"The archive has a link {quoted(path)} to {quoted(target)}, which is not inside it.",
        hint="Put the file itself into the archive.",
    )
