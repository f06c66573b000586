"""An index page as data: the JSON of PEP 691, from which the HTML is made as well."""

from collections.abc import Sequence
from typing import Any

from index.files.urls import file_url
from storage.records import Listed, Listing, Offered, Status

API_VERSION = "1.4"
"""PEP 792: "The per-project index MUST define the meta.api-version as 1.4"."""


def project(listing: Listing, *, files_url: str) -> dict[str, Any]:
    """The page of one project; each file's URL is *files_url*, its sha256 and its name.

    PEP 708 was rejected: there is no `alternate-locations` and no `tracks` (S32).
    """
    return {
        # No serial, which only grows: an undo gives back the same bytes. It is in the header (S57).
        "meta": {"api-version": API_VERSION},
        # PEP 691: "The normalized name of the project."
        "name": listing.name,
        # PEP 792: "The per-project index SHOULD include a project-status.state key"; its example
        # and every client spell it `status`, at the top level (S31).
        "project-status": _status(listing),
        # PEP 700: "All of the files listed in the files key MUST be associated with one of the
        # versions"; it "MAY contain versions with no associated files".
        "versions": list(listing.versions),
        # PEP 792: of a quarantined project the index "MUST NOT offer any distributions".
        "files": [_file(file, files_url) for file in listing.files]
        if listing.status is not Status.QUARANTINED
        else [],
    }


def projects(listed: Sequence[Listed], *, serial: int) -> dict[str, Any]:
    """The list of projects; *serial* is that of the index when the list was made."""
    return {
        # PEP 700: "Keys (at any level) with a leading underscore are reserved as private for index
        # server use." Mirrors ask for the serials (S27).
        "meta": {"api-version": API_VERSION, "_last-serial": serial},
        # PEP 691: "An array where each entry is a dictionary with a single key, name".
        "projects": [project_listed(each.name, each.serial) for each in listed],
    }


def project_listed(name: str, serial: int) -> dict[str, Any]:
    """A project's line in the list; *serial* is that of its last change."""
    return {"name": name, "_last-serial": serial}


def _status(listing: Listing) -> dict[str, str]:
    # PEP 792: the reason may be left out "if no reason is provided".
    reason = {"reason": listing.status_reason} if listing.status_reason else {}
    return {"status": listing.status.value, **reason}


def _file(file: Offered, files_url: str) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "filename": file.filename,
        # PEP 691: "either absolute or relative as long as they point to the correct location".
        "url": file_url(file, files_url),
        # PEP 691: "At least one secure algorithm from hashlib.algorithms_guaranteed SHOULD always
        # be included." One is enough, and cheapest for all (S30).
        "hashes": {"sha256": file.sha256},
        # PEP 700: "It MUST contain an integer which is the file size in bytes."
        "size": file.size_bytes,
        # PEP 700: "the upload time MUST use the UTC timezone" and the format that msgspec writes.
        "upload-time": file.uploaded_at,
    }
    if file.requires_python:
        entry["requires-python"] = file.requires_python
    if file.core_metadata is not None:
        # PEP 714: "MUST be emitted using the key core-metadata"; the older name crashes old pips.
        entry["core-metadata"] = {"sha256": file.core_metadata}
    if file.yanked is not None:
        # PEP 691: "a boolean to indicate if the file has been yanked, or a non empty, but
        # otherwise arbitrary, string".
        entry["yanked"] = file.yanked or True
    if file.provenance is not None:
        # PEP 740 put a digest here; the living specification has the URL itself (P15).
        entry["provenance"] = file.provenance
    return entry
