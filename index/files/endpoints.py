"""Downloads: the bytes of files, and the core metadata beside them (PEP 658, 714)."""

from collections.abc import AsyncGenerator
from functools import partial
from typing import BinaryIO

from starlette.requests import Request
from starlette.responses import Response

from index.files import downloads, offload
from index.services import Services, services
from moderation.permissions import ASK, stopped
from storage import visibility
from storage.problems import Forbidden, NotFound, Unavailable
from storage.records import Digest, File

METADATA = ".metadata"


async def download(request: Request) -> Response:
    """`GET /packages/{sha256}/{filename}` and the same with `.metadata` (S36, S39)."""
    found = services(request)
    filename = request.path_params["filename"]
    file = await _visible(found, request.path_params["sha256"], filename.removesuffix(METADATA))
    if not filename.endswith(METADATA):
        answer = _answer(request, found, file.sha256, file.size_bytes)
        if request.method == "GET" and answer.status_code == 200:
            found.downloads.count(file.id, found.now().date())
        return answer
    if file.core_metadata is None:
        raise NotFound(f"There is no core metadata beside {file.filename}.")
    return _answer(request, found, file.core_metadata, file.core_metadata_bytes)


async def _visible(found: Services, sha256: str, filename: str) -> File:
    """The file, if the public may see it. Raises NotFound, and Forbidden if it is refused."""
    file = await found.database.read(
        visibility.file, sha256=sha256, filename=filename, at=found.now()
    )
    if file is None:
        raise NotFound("There is no such file.")
    if file.refused is not None:
        sentence = f"{file.filename} is held, and not given out: {stopped(file.refused)}"
        raise Forbidden(sentence, hint=ASK)
    return file


def _answer(request: Request, found: Services, digest: Digest, size_bytes: int) -> Response:
    place, its = found.blobs.place(digest), found.settings
    return downloads.answer(
        request.headers,
        request.method,
        sha256=digest,
        size_bytes=size_bytes,
        read=partial(_read, found, digest),
        caching=found.caching,
        open_file=partial(_open, found, digest) if place else None,
        offload=offload.headers(its.offload, place, its.blobs_url) if place else {},
    )


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
