"""The form of an upload, as twine sends it."""

from tests.kit.makers import Archive

BOUNDARY = "bench-5f0c6a2e1d"
CONTENT_TYPE = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}


def form(archive: Archive) -> bytes:
    """The whole body."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in archive.fields()
    ]
    parts.append(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="content"; '
        f'filename="{archive.filename}"\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    return b"".join(["".join(parts).encode(), archive.content, f"\r\n--{BOUNDARY}--\r\n".encode()])
