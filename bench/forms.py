"""The form of an upload, as twine sends it."""

from tests.kit.makers import Archive

BOUNDARY = "bench-5f0c6a2e1d"
CONTENT_TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(archive: Archive) -> bytes:
    """The whole body."""
    return around(archive)[0] + archive.content + around(archive)[1]


def around(archive: Archive) -> tuple[bytes, bytes]:
    """What stands before the bytes of the file in the body, and after them."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in archive.fields()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; '
        f'filename="{archive.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    return "".join(parts).encode(), f"\r\n--{BOUNDARY}--\r\n".encode()
