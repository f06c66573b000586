"""The body of an upload as it streams in: text fields to memory, the file to a draft."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from anyio import to_thread
from multipart import (
    MultipartError,
    MultipartSegment,
    PushMultipartParser,
    parse_options_header,
)
from starlette.requests import Request

from index.upload.policy import MIB, Limits
from storage.blobs import Draft
from storage.problems import Invalid, TooLarge, TooSlow

Fields = list[tuple[str, str]]

CONTENT = "content"
FORM_BYTES = 64 * MIB
"""Everything in one upload but the file."""

DRAFT_CHUNK_BYTES = MIB
"""How much of the file is collected before a thread writes it."""

MIN_BYTES_PER_SECOND = 1024
"""A client that sends less, for longer than the patience it is given, is cut off."""

# Files that old clients attach beside the content; nobody reads them any more (U8).
_IGNORED_FILES = frozenset({"gpg_signature"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An upload, all of it: its text fields in order, and the file as a draft."""

    fields: Fields
    filename: str
    rest: bytearray
    """How the file ends: the draft is still without this. A small file is nothing else."""


async def receive(
    request: Request,
    draft: Draft,
    *,
    limits: Limits,
    patience_seconds: float,
    before_content: Callable[[Fields, str], Awaitable[None]],
) -> Received:
    """Take the body in, hashing the file on the way, in memory that does not grow with it.

    *before_content* hears the fields so far and the file's name before the first byte of a file
    that may be large is kept; what it raises ends the upload. Raises Invalid, TooLarge, TooSlow,
    Full (UPLOADS.md 6, 17, 38).
    """
    length = _length(request)
    if length is not None and length > limits.file_bytes + FORM_BYTES:
        raise _too_large(limits)
    is_small = length is not None and length <= DRAFT_CHUNK_BYTES
    body = _Body(draft, limits, None if is_small else before_content)
    parser = _parser(request)
    received_bytes = 0
    try:
        async for chunk in _in_time(request, patience_seconds):
            received_bytes += len(chunk)
            if received_bytes > limits.file_bytes + FORM_BYTES:
                raise _too_large(limits)
            for event in parser.parse(chunk):
                await body.take(event)
        parser.close()
    except MultipartError as error:
        raise Invalid(f"The body is not a valid multipart form: {error}.") from error
    return body.finished()


class _Body:
    """What came so far. One part is open at a time: a text field, the file, or one to ignore."""

    def __init__(
        self,
        draft: Draft,
        limits: Limits,
        before_content: Callable[[Fields, str], Awaitable[None]] | None,
    ) -> None:
        self._draft = draft
        self._limits = limits
        self._before_content = before_content
        self._fields: Fields = []
        self._filename: str | None = None
        self._part: MultipartSegment | None = None
        self._field = bytearray()
        self._piece = bytearray()
        self._parts = 0
        self._form_bytes = 0
        self._file_bytes = 0

    async def take(self, event: MultipartSegment | bytes | bytearray | None) -> None:
        """The head of a part, some bytes of it, or its end."""
        if isinstance(event, MultipartSegment):
            await self._open(event)
        elif event is None:
            self._close()
        elif self._part is not None:
            await self._add(self._part, event)

    def finished(self) -> Received:
        """All of it."""
        if self._filename is None:
            raise Invalid("The form has no file.", hint="Send it as the part named content.")
        return Received(fields=self._fields, filename=self._filename, rest=self._piece)

    async def _open(self, part: MultipartSegment) -> None:
        self._part = part
        self._parts += 1
        if self._parts > self._limits.parts:
            raise Invalid(f"The form has more than {self._limits.parts:,} parts.")
        if part.name == CONTENT:
            await self._open_content(part)
        elif part.filename is not None and part.name not in _IGNORED_FILES:
            raise Invalid(f"The field {(part.name or '')[:100]!r} must be text, not a file.")
        else:
            self._check_field(part, len((part.name or "").encode()))

    async def _open_content(self, part: MultipartSegment) -> None:
        if self._filename is not None:
            raise Invalid("The form has two parts named content.", hint="Send one file at a time.")
        if part.filename is None:
            raise Invalid("The part named content must be a file, with a filename.")
        if (part.content_type or "").startswith("image/"):
            raise Invalid("A distribution is not an image.", hint="Send a wheel or an sdist.")
        if any("\\" in value for name, value in part.headerlist if name == "Content-Disposition"):
            # The parser would take a path of Windows for its last part (UPLOADS.md 14).
            raise Invalid("The file name has a '\\' in it.", hint="Send the name alone.")
        self._filename = part.filename
        if self._before_content is not None:
            await self._before_content(self._fields, part.filename)

    async def _add(self, part: MultipartSegment, some: bytes | bytearray) -> None:
        if part.name in _IGNORED_FILES:
            return
        if part.name != CONTENT:
            self._check_field(part, len(some))
            self._field += some
            return
        self._file_bytes += len(some)
        if self._file_bytes > self._limits.file_bytes:
            raise _too_large(self._limits)
        self._piece += some
        if len(self._piece) >= DRAFT_CHUNK_BYTES:
            piece, self._piece = self._piece, bytearray()
            await to_thread.run_sync(self._draft.write, piece)

    def _check_field(self, part: MultipartSegment, more_bytes: int) -> None:
        self._form_bytes += more_bytes
        if len(self._field) + more_bytes > self._limits.field_bytes:
            raise Invalid(
                f"The field {(part.name or '')[:100]!r} is larger than "
                f"{self._limits.field_bytes:,} bytes."
            )
        if self._form_bytes > FORM_BYTES:
            raise Invalid(f"The text fields together are larger than {FORM_BYTES:,} bytes.")

    def _close(self) -> None:
        part, self._part = self._part, None
        if part is None or part.name in _IGNORED_FILES or part.name == CONTENT:
            return
        try:
            self._fields.append((part.name or "", self._field.decode("utf-8")))
        except UnicodeDecodeError as error:
            raise Invalid(f"The field {(part.name or '')[:100]!r} is not UTF-8.") from error
        self._field = bytearray()


async def _in_time(request: Request, patience_seconds: float) -> AsyncIterator[bytes]:
    """The chunks of the body. Each byte buys a little more time, up to *patience_seconds*.

    Time in which we are not waiting for the client does not count.
    """
    clock = asyncio.get_running_loop().time
    left_seconds = patience_seconds
    stream = request.stream()
    try:
        while True:
            asked = clock()
            async with asyncio.timeout(left_seconds):
                chunk = await anext(stream, b"")
            if not chunk:
                return
            earned_seconds = len(chunk) / MIN_BYTES_PER_SECOND - (clock() - asked)
            left_seconds = min(left_seconds + earned_seconds, patience_seconds)
            yield chunk
    except TimeoutError as error:
        raise TooSlow(
            f"The upload came in too slowly: less than {MIN_BYTES_PER_SECOND} bytes a second.",
            hint="Try again over a better connection.",
        ) from error


def _parser(request: Request) -> PushMultipartParser:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise Invalid(
            "An upload is a form of the type multipart/form-data, with a boundary.",
            hint="Use twine, uv publish or another client that uploads to a package index.",
        )
    try:
        return PushMultipartParser(boundary, strict=False)
    except MultipartError as error:
        raise Invalid(f"The boundary of the form is not valid: {error}.") from error


def _length(request: Request) -> int | None:
    length = request.headers.get("content-length", "")
    return int(length[:19]) if length.isdecimal() else None


def _too_large(limits: Limits) -> TooLarge:
    return TooLarge(
        f"File too large: a file may have at most {limits.file_bytes:,} bytes here.",
        hint="Ask the operator of this index if it must be larger.",
    )
