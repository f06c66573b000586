"""Uploads as bytes: multipart bodies put together part by part, so that any part can be a lie."""

from collections.abc import Sequence

from tests.kit.makers import Archive

BOUNDARY = "a-boundary-of-toast"
FORM = {"content-type": f"multipart/form-data; boundary={BOUNDARY}"}
OCTETS = "Content-Type: application/octet-stream"


def a_part(name: str, value: str | bytes, *more: str, filename: str | None = None) -> bytes:
    """One part, a file if it has a *filename*. *more* are lines of its head."""
    disposition = f'Content-Disposition: form-data; name="{name}"'
    if filename is not None:
        disposition += f'; filename="{filename}"'
    head = "\r\n".join([disposition, *more]).encode("utf-8", "surrogatepass")
    return head + b"\r\n\r\n" + (value.encode() if isinstance(value, str) else value)


def a_body(*parts: bytes, end: bytes = b"--\r\n") -> bytes:
    """The whole form. What comes after the last boundary is its *end*."""
    delimiter = b"--" + BOUNDARY.encode()
    return b"".join(delimiter + b"\r\n" + part + b"\r\n" for part in parts) + delimiter + end


def text_parts(archive: Archive, **lies: str | Sequence[str] | None) -> list[bytes]:
    """The text fields of a correct client; a lie replaces a field, None takes it out."""
    return [a_part(key, value) for key, value in archive.fields(**lies)]


def content_part(archive: Archive, *more: str) -> bytes:
    """The part with the file."""
    return a_part("content", archive.content, *(more or (OCTETS,)), filename=archive.filename)


def an_upload(archive: Archive, **lies: str | Sequence[str] | None) -> bytes:
    """The body of a correct client, but for the *lies* in its text fields."""
    return a_body(*text_parts(archive, **lies), content_part(archive))
