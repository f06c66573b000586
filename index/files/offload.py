"""Who sends the bytes of files: this server, the proxy before it, or the object store."""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from urllib.parse import quote

from storage.urls import blobs_folder

PREFIX = "/_blobs/"
"""Where nginx has the folder of the blobs, for its own redirects alone."""


class Offload(StrEnum):
    """The header that the proxy wants to be told in, or a redirect to the object store."""

    OFF = "off"
    X_ACCEL_REDIRECT = "x-accel-redirect"
    X_SENDFILE = "x-sendfile"
    REDIRECT = "redirect"


IN_A_FOLDER = frozenset({Offload.X_ACCEL_REDIRECT, Offload.X_SENDFILE})
"""What needs the files in a folder that the proxy can read."""

LINK_SECONDS = 60
"""How long whoever was redirected may fetch the file from the object store, also when it is held
meanwhile."""


def headers(offload: Offload, place: Path, blobs_url: str) -> Mapping[str, str]:
    """What tells the proxy to send the file at *place*, in the folder that *blobs_url* names."""
    folder = blobs_folder(blobs_url)
    if offload not in IN_A_FOLDER or folder is None:
        return {}
    if offload is Offload.X_SENDFILE:
        return {offload: quote(str(place))}
    return {offload: PREFIX + place.relative_to(folder).as_posix()}
