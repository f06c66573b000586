"""Real wheels and sdists, built in memory, that tell lies on request."""

import base64
import gzip
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

LONG_AGO = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Archive:
    """One file ready to be uploaded, and what a correct client would say of it."""

    filename: str
    content: bytes = field(repr=False)
    name: str
    version: str
    filetype: str
    python_version: str
    described: tuple[tuple[str, str], ...] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def fields(self, **lies: str | Sequence[str] | None) -> list[tuple[str, str]]:
        """The form of a correct client. A lie replaces a field; None takes it out."""
        honest = [
            (":action", "file_upload"),
            ("protocol_version", "1"),
            ("name", self.name),
            ("version", self.version),
            ("filetype", self.filetype),
            ("pyversion", self.python_version),
            *self.described,
            ("md5_digest", hashlib.md5(self.content).hexdigest()),
            ("sha256_digest", self.sha256),
            ("blake2_256_digest", hashlib.blake2b(self.content, digest_size=32).hexdigest()),
        ]
        told = {key.replace("action", ":action"): value for key, value in lies.items()}
        kept = [(key, value) for key, value in honest if key not in told]
        for key, value in told.items():
            if value is not None:
                kept += [(key, each) for each in ([value] if isinstance(value, str) else value)]
        return kept


def a_wheel(
    name: str = "toasting",
    version: str = "1.0",
    *,
    requires_dist: Sequence[str] = (),
    requires_python: str | None = None,
    summary: str | None = "Toast, evenly.",
    metadata_version: str = "2.4",
    metadata_extra: Sequence[str] = (),
    description: str = "",
    metadata: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    tag: str = "py3-none-any",
    build: str = "",
    wheel: bytes | None = None,
    record: bytes | None = None,
    without: Sequence[str] = (),
    filename: str | None = None,
) -> Archive:
    """A wheel as a good backend builds it, but for what the arguments say.

    *metadata_extra* are whole header lines; *without* names files of the dist-info folder.
    """
    described = _described(metadata_version, summary, requires_dist, requires_python)
    if metadata is None:
        metadata = _headers(name, version, described, metadata_extra, description)
    if files is None:
        files = {f"{_escaped(name)}/__init__.py": b"SIDES = 2\n"}
    stem = f"{_escaped(name)}-{_normal(version)}"
    told = {"METADATA": metadata, "WHEEL": wheel or _wheel(tag), "RECORD": record}
    members = _with_record(files, f"{stem}.dist-info/", told, without)
    return Archive(
        filename=filename or "-".join(filter(None, [stem, build, tag])) + ".whl",
        content=a_zip(members),
        name=name,
        version=version,
        filetype="bdist_wheel",
        python_version=tag.split("-", maxsplit=1)[0],
        described=described,
    )


def an_sdist(
    name: str = "toasting",
    version: str = "1.0",
    *,
    requires_dist: Sequence[str] = (),
    requires_python: str | None = None,
    summary: str | None = "Toast, evenly.",
    metadata_version: str = "2.4",
    metadata_extra: Sequence[str] = (),
    description: str = "",
    metadata: bytes | None = None,
    files: Mapping[str, bytes] | None = None,
    top: str | None = None,
    without: Sequence[str] = (),
    filename: str | None = None,
) -> Archive:
    """An sdist as a good backend builds it, but for what the arguments say (see a_wheel).

    *files* are named inside the top folder, which *top* names otherwise.
    """
    stem = f"{_escaped(name)}-{_normal(version)}"
    described = _described(metadata_version, summary, requires_dist, requires_python)
    inside = {
        "PKG-INFO": _headers(name, version, described, metadata_extra, description)
        if metadata is None
        else metadata,
        "pyproject.toml": b'[build-system]\nrequires = ["setuptools"]\n',
        f"src/{_escaped(name)}/__init__.py": b"SIDES = 2\n",
    } | dict(files or {})
    members = {f"{top or stem}/{key}": value for key, value in inside.items() if key not in without}
    return Archive(
        filename=filename or f"{stem}.tar.gz",
        content=a_tar_gz(members),
        name=name,
        version=version,
        filetype="sdist",
        python_version="source",
        described=described,
    )


def a_record(members: Mapping[str, bytes], own: str) -> bytes:
    """The RECORD of *members*, with the line that *own*, RECORD itself, has without a hash."""
    lines = [
        f"{_quoted(name)},sha256={_urlsafe(hashlib.sha256(content).digest())},{len(content)}"
        for name, content in members.items()
        if not name.endswith("/")
    ]
    return "\n".join([*lines, f"{own},,", ""]).encode()


def a_zip(members: Mapping[str, bytes], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of *members* with nothing unusual in its framing."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in members.items():
            entry = zipfile.ZipInfo(name, LONG_AGO)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, content, compression)
    return buffer.getvalue()


def a_tar(members: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    """A tar of *members*; a TarInfo in place of bytes goes in as it is."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
            else:
                entry = tarfile.TarInfo(name)
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def a_tar_gz(members: Mapping[str, bytes | tarfile.TarInfo]) -> bytes:
    """The same, compressed, alike each time."""
    return gzip.compress(a_tar(members), mtime=0)


def _with_record(
    files: Mapping[str, bytes],
    folder: str,
    told: Mapping[str, bytes | None],
    without: Sequence[str],
) -> dict[str, bytes]:
    members = dict(files) | {folder + name: said for name, said in told.items() if said is not None}
    if told["RECORD"] is None:
        members[folder + "RECORD"] = a_record(members, folder + "RECORD")
    return {
        name: said for name, said in members.items() if name.removeprefix(folder) not in without
    }


def _described(
    metadata_version: str,
    summary: str | None,
    requires_dist: Sequence[str],
    requires_python: str | None,
) -> tuple[tuple[str, str], ...]:
    said = [("metadata_version", metadata_version), ("summary", summary)]
    said += [("requires_dist", each) for each in requires_dist]
    said += [("requires_python", requires_python)]
    return tuple((key, value) for key, value in said if value is not None)


def _headers(
    name: str,
    version: str,
    described: Sequence[tuple[str, str]],
    extra: Sequence[str],
    description: str,
) -> bytes:
    lines = [f"{key.replace('_', '-').title()}: {value}" for key, value in described]
    lines[1:1] = [f"Name: {name}", f"Version: {version}"]
    text = "\n".join([*lines, *extra, ""])
    return (f"{text}\n{description}" if description else text).encode()


def _wheel(tag: str) -> bytes:
    pythons, abis, platforms = (each.split(".") for each in tag.split("-"))
    pure = "true" if tag.endswith("-none-any") else "false"
    lines = ["Wheel-Version: 1.0", "Generator: makers", f"Root-Is-Purelib: {pure}"]
    lines += [f"Tag: {py}-{abi}-{at}" for py in pythons for abi in abis for at in platforms]
    return "\n".join([*lines, ""]).encode()


def _escaped(name: str) -> str:
    return canonicalize_name(name).replace("-", "_")


def _normal(version: str) -> str:
    try:
        return str(Version(version))
    except InvalidVersion:
        return version


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"' if "," in name or '"' in name else name


def _urlsafe(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
