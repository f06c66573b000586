"""Wheels: a sound zip, one dist-info folder of the right name, every file as RECORD says."""

from collections.abc import Mapping, Sequence
from typing import BinaryIO

from index.upload import entry_points, record
from index.upload.archives import zips
from index.upload.archives.zips import Member
from index.upload.complaints import quoted, refuse_if_any
from index.upload.opened import Opened
from index.upload.policy import Limits
from storage.problems import Invalid

REQUIRED = ("METADATA", "WHEEL", "RECORD")


def read(archive: BinaryIO, *, stem: str, limits: Limits) -> Opened:
    """The wheel whose file name begins with *stem*, every byte of it checked once.

    Raises Invalid with what is wrong (UPLOADS.md 22-24, 26, 27, 32; STANDARDS.md U12, U14).
    """
    members = zips.members(archive, limits=limits)
    files = {member.name: member for member in members if not member.is_folder}
    folder = f"{stem}.dist-info/"
    _check_folder(files, folder)
    metadata = zips.read_member(
        archive, files[f"{folder}METADATA"], limit_bytes=limits.metadata_bytes
    )
    _check_record(archive, members, folder, limits)
    if scripts := files.get(f"{folder}entry_points.txt"):
        content = zips.read_member(archive, scripts, limit_bytes=limits.entry_points_bytes)
        entry_points.check(content)
    return Opened(
        metadata=metadata,
        files=frozenset(files),
        installs=_paths_that_run(archive, files, limits),
        licenses=f"{folder}licenses/",
    )


def _paths_that_run(
    archive: BinaryIO, files: Mapping[str, Member], limits: Limits
) -> dict[str, str]:
    """How the .pth files begin: Python runs their lines that start with import, each time."""
    found: dict[str, str] = {}
    for name, member in sorted(files.items()):
        if name.endswith(".pth") and len(found) < limits.noted:
            content = next(zips.pieces(archive, member), b"")[: limits.noted_bytes]
            found[name] = content.decode(errors="replace")
    return found


def _check_folder(files: Mapping[str, Member], folder: str) -> None:
    tops = {name.partition("/")[0] + "/" for name in files if "/" in name}
    others = sorted(top for top in tops if top.endswith(".dist-info/") and top != folder)
    if others:
        raise Invalid(
            f"The wheel has the folder {quoted(others[0])}; "
            f"by its file name it is {quoted(folder)} alone.",
            hint="Build the wheel again with a current build backend.",
        )
    missing = [name for name in REQUIRED if folder + name not in files]
    refuse_if_any([f"The wheel has no {folder}{name}." for name in missing])


def _check_record(
    archive: BinaryIO, members: Sequence[Member], folder: str, limits: Limits
) -> None:
    exempt = {folder + name for name in record.EXEMPT}
    own = next(member for member in members if member.name == f"{folder}RECORD")
    content = zips.read_member(archive, own, limit_bytes=limits.record_bytes)
    lines = record.parse(content)
    complaints = record.compare(
        lines.keys() - exempt,
        {member.name for member in members if not member.is_folder} - exempt,
    )
    for member in members:
        line = lines.get(member.name)
        pieces = zips.pieces(archive, member)
        if line is None or member.name in exempt:
            for _ in pieces:  # Nothing to compare with, but its own checksum counts.
                pass
        else:
            complaints += record.check(line, pieces)
    refuse_if_any(complaints, hint="Build the wheel again; do not change it afterwards.")
