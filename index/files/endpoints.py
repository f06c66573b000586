"""Downloads: the bytes of files, and the core metadata beside them (PEP 658, 714)."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from index import keys
from index.files import downloads, offload
from index.files.hot import HOT_BYTES, HotFile, small
from index.files.offload import LINK_SECONDS, Offload
from index.reading import kept
from index.services import Services, services
from moderation.permissions import ASK, stopped
from storage import visibility
from storage.database import Transaction
from storage.problems import Forbidden, NotFound, Unavailable
from storage.records import Digest, File, Seen

METADATA = ".metadata"


async def download(request: Request) -> Response:
    """`GET /packages/{sha256}/{filename}` and the same with `.metadata` (S36, S39)."""
    found = services(request)
    key = request.scope["path"]
    file = await kept(found, key, partial(_fetch, request))
    if found.blobs.is_remote and request.method == "GET":
        file = await _brought(found, key, file)
    place, its = found.blobs.place(file.digest), found.settings
    answer = downloads.answer(
        request.headers,
        request.method,
        sha256=file.digest,
        size_bytes=file.file_bytes,
        caching=file.caching,
        read=partial(_read, found, file.digest),
        content=file.content,
        open_file=partial(_open, found, file.digest) if place else None,
        offload=offload.headers(its.offload, place, its.blobs_url) if place else {},
        link=_link(found, file),
    )
    is_whole = answer.status_code == 200 or (
        answer.status_code == 302 and "range" not in request.headers
    )
    if file.file_id is not None and request.method == "GET" and is_whole:
        found.downloads.count(file.file_id, found.now().date())
    return answer


def _fetch(request: Request, tx: Transaction, at: datetime) -> HotFile:
    found, filename = services(request), request.path_params["filename"]
    file, seen = _visible(tx, request.path_params["sha256"], filename.removesuffix(METADATA), at)
    digest, size_bytes = file.sha256, file.size_bytes
    if is_metadata := filename.endswith(METADATA):
        if file.core_metadata is None:
            raise NotFound(f"There is no core metadata beside {file.filename}.")
        digest, size_bytes = file.core_metadata, file.core_metadata_bytes
    return HotFile(
        seen=seen,
        digest=digest,
        file_bytes=size_bytes,
        content=small(found.blobs, digest, size_bytes),
        file_id=None if is_metadata else file.id,
        route=request.scope["route"].path,
        caching=found.caching_of(*keys.of_file(file)),
    )


def _visible(tx: Transaction, sha256: str, filename: str, at: datetime) -> tuple[File, Seen]:
    """The file, if the public may see it. Raises NotFound, and Forbidden if it is refused."""
    found = visibility.file_seen(tx, sha256=sha256, filename=filename, at=at)
    if found is None:
        raise NotFound("There is no such file.")
    file, _ = found
    if file.refused is not None:
        sentence = f"{file.filename} is held, and not given out: {stopped(file.refused)}"
        raise Forbidden(sentence, hint=ASK)
    return found


async def _brought(found: Services, key: str, file: HotFile) -> HotFile:
    """The file with its bytes, if it is small: once they were fetched, they are kept with it."""
    if file.content is not None or file.file_bytes > HOT_BYTES:
        return file
    pieces = [piece async for piece in _read(found, file.digest, 0, file.file_bytes)]
    content = b"".join(pieces)
    if len(content) != file.file_bytes:
        raise _missing()
    with_content = replace(file, content=content)
    found.shelf.put(key, with_content)
    return with_content


def _link(found: Services, file: HotFile) -> downloads.Link | None:
    """Where the object store gives the file out, if it is to; what is beside files, we give out."""
    if found.settings.offload is not Offload.REDIRECT or file.file_id is None:
        return None
    return partial(_linked, found, file.digest)


async def _linked(found: Services, digest: Digest) -> str:
    link = await found.blobs.link(digest, seconds=LINK_SECONDS)
    if link is None:
        raise Unavailable("The object store of the index gives out no URLs.")
    return link


def _open(found: Services, digest: Digest) -> BinaryIO:
    try:
        return found.blobs.open(digest)
    except NotFound as error:
        raise _missing() from error


async def _read(
    found: Services, digest: Digest, start: int, stop: int
) -> AsyncGenerator[bytes, None]:
    try:
        async for chunk in found.blobs.read(digest, start, stop):
            yield chunk
    except NotFound as error:
        raise _missing() from error


def _missing() -> Unavailable:
    # There is a row, so clients must not take it for a file that never was.
    return Unavailable("The bytes of this file are missing on the index.")
