"""A walk through every route that anyone may ask, looking for what they should not tell."""

import hashlib
import io
import tarfile
import zipfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from httpx2 import Response

from index.guard import Door, Who
from index.routes import DOORS
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.world import JSON, World

WHEEL = a_wheel("toasting", "4.7.11", summary="What the wheel says.")
SOURCE = an_sdist("toasting", "4.7.11", summary="What the sdist says.")
LATER = a_wheel("toasting", "5.8.13", summary="What the later wheel says.")
OTHER = a_wheel("crumpets", "9.9.9", summary="What another wheel says.")
NAMING = ("toasting", WHEEL.version, LATER.version)

URLS: Mapping[str, Sequence[str]] = {
    "/": ["/"],
    "/healthz": ["/healthz"],
    "/readyz": ["/readyz"],
    "/metrics": ["/metrics"],
    "/openapi.json": ["/openapi.json"],
    "/simple/": ["/simple/"],
    "/simple": ["/simple"],
    "/simple/{project}/": ["/simple/toasting/", "/simple/crumpets/"],
    "/simple/{project}": ["/simple/toasting", "/simple/Toasting"],
    "/packages/{sha256}/{filename}": [
        f"/packages/{archive.sha256}/{archive.filename}{suffix}"
        for archive in (WHEEL, SOURCE, LATER)
        for suffix in ("", ".metadata")
    ],
    "/pypi/{project}/json": ["/pypi/toasting/json"],
    "/pypi/{project}/json/": ["/pypi/toasting/json/"],
    "/pypi/{project}/{version}/json": [f"/pypi/toasting/{each}/json" for each in NAMING[1:]],
    "/pypi/{project}/{version}/json/": [f"/pypi/toasting/{each}/json/" for each in NAMING[1:]],
    "/rss/packages.xml": ["/rss/packages.xml"],
    "/rss/updates.xml": ["/rss/updates.xml"],
    "/rss/project/{project}/releases.xml": ["/rss/project/toasting/releases.xml"],
    "/api/admission": ["/api/admission"],
    "/changes": ["/changes", "/changes?since=1"],
    "/api/decisions": ["/api/decisions", "/api/decisions?limit=1"],
    "/legacy/+simple/{project}/": ["/legacy/+simple/toasting/"],
}
"""How to ask each route that anyone may ask about what is hidden."""

SILENT = {"/", "/healthz", "/readyz", "/metrics", "/simple", "/simple/{project}"}
SILENT |= {"/api/admission", "/openapi.json"}
"""The routes that tell of no file and no project."""

EXCUSED = {
    "/changes": NAMING[:1],  # A mirror has to learn that it must drop a project.
    "/simple/{project}/": NAMING,  # PEP 792 shows a quarantined project, with its versions.
    "/legacy/+simple/{project}/": NAMING,
}
"""What routes may still tell of a hidden project."""

PUBLISHED = {"/api/decisions": (*NAMING, WHEEL.filename, SOURCE.filename, LATER.filename)}
"""What is decided, and about what, is public: of what is hidden the name, and no more."""

ASKING: Sequence[tuple[str, Mapping[str, str]]] = (
    ("GET", {}),
    ("GET", {"accept": JSON}),
    ("GET", {"range": "bytes=0-99"}),
    ("HEAD", {}),
)


@dataclass(frozen=True)
class Seen:
    """One answer, with what was asked, and the answer that the client *had* kept."""

    door: str
    url: str
    method: str
    headers: Mapping[str, str]
    answer: Response = field(repr=False)
    had: "Seen | None" = field(default=None, repr=False)


def walked(
    world: World,
    doors: Sequence[Door] = DOORS,
    *,
    before: Sequence[Seen] = (),
    only: Collection[str] = URLS,
) -> list[Seen]:
    """The answers of all *doors* that are open to anyone, also to who has those *before*."""
    for door in doors:
        if door.who in (Who.ANYONE, Who.READER) and door.method == "GET":
            assert door.path in URLS, f"{door.path} is not in the table"
    asked = [
        (door, url, method, headers, None)
        for door in only
        for url in URLS[door]
        for method, headers in ASKING
    ]
    asked += [
        (had.door, had.url, had.method, {**had.headers, "if-none-match": etag}, had)
        for had in before
        if (etag := had.answer.headers.get("etag"))
    ]
    return [
        Seen(door, url, method, headers, world.anyone.asks(method, url, headers=headers), had)
        for door, url, method, headers, had in asked
    ]


def secrets_of(hidden: Sequence[Archive], *names: str) -> list[str]:
    """What tells of these archives: their names, digests, summaries and bytes, and *names*."""
    found = list(names)
    for archive in hidden:
        found += [archive.filename, archive.sha256, dict(archive.described)["summary"]]
        found += [hashlib.md5(archive.content).hexdigest()]
        found += [hashlib.blake2b(archive.content, digest_size=32).hexdigest()]
        found.append(hashlib.sha256(_metadata(archive)).hexdigest())
        found.append(archive.content.decode("latin-1"))
    return found


def leaks(seen: Seen, secrets: Collection[str], *, excused: bool = False) -> list[str]:
    """The *secrets* that an answer tells to a client that did not say them itself."""
    headers = "\n".join(f"{name}: {value}" for name, value in seen.answer.headers.items())
    told = f"{headers}\n{seen.answer.content.decode('latin-1')}"
    known = [*PUBLISHED.get(seen.door, ()), *(EXCUSED.get(seen.door, ()) if excused else ())]
    return [
        secret
        for secret in secrets
        if secret in told and secret not in seen.url and secret not in known
    ]


def _metadata(archive: Archive) -> bytes:
    if archive.filetype == "sdist":
        with tarfile.open(fileobj=io.BytesIO(archive.content)) as tar:
            opened = tar.extractfile(f"{archive.filename.removesuffix('.tar.gz')}/PKG-INFO")
            assert opened is not None
            return opened.read()
    with zipfile.ZipFile(io.BytesIO(archive.content)) as wheel:
        (name,) = [each for each in wheel.namelist() if each.endswith(".dist-info/METADATA")]
        return wheel.read(name)
