"""Who sends the bytes of whole files: this server, or the proxy before it."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from storage.urls import blobs_folder

PREFIX = "/_blobs/"
"""Where nginx has the folder of the blobs, for its own redirects alone."""


class Offload(StrEnum):
    """The header that the proxy wants to be told in."""

    OFF = "off"
    X_ACCEL_REDIRECT = "x-accel-redirect"
    X_SENDFILE = "x-sendfile"


def headers(offload: Offload, place: Path, blobs_url: str) -> Mapping[str, str]:
    """What tells the proxy to send the file at *place*, in the folder that *blobs_url* names."""
    folder = blobs_folder(blobs_url)
    if offload is Offload.OFF or folder is None:
        return {}
    if offload is Offload.X_SENDFILE:
        return {offload: quote(str(place))}
    return {offload: PREFIX + place.relative_to(folder).as_posix()}
