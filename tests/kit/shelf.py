"""Two public releases of one project, and what everybody sees of them and may do with them."""

from typing import Any

from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.world import JSON, Person

TOAST = a_wheel("toasting", "1.0")
SOURCE = an_sdist("toasting", "1.0")
LATER = a_wheel("toasting", "2.0")
FILES = (TOAST, SOURCE, LATER)

FILE, RELEASE, PROJECT = f"file:{TOAST.filename}", "release:toasting/1.0", "project:toasting"
THESE = {FILE: [TOAST], RELEASE: [TOAST, SOURCE], PROJECT: [TOAST, SOURCE, LATER]}
"""The files that stand under each subject."""

FREE = {"yank a file": 200, "yank 1.0": 200, "yank 2.0": 200, "add to 1.0": 200, "add 3.0": 200}
FROZEN = {
    FILE: {"yank a file": 403},
    RELEASE: {"yank a file": 403, "yank 1.0": 403, "add to 1.0": 403},
    PROJECT: dict.fromkeys(FREE, 403),
}


def seen(**changes: Any) -> dict[str, Any]:
    """What the public sees of the shelf, but for the *changes*."""
    usual = {
        "listed": ["toasting"],
        "status": {"status": "active"},
        "versions": ["1.0", "2.0"],
        "files": [archive.filename for archive in FILES],
        "served": dict.fromkeys((archive.filename for archive in FILES), 200),
    }
    return usual | changes


def everything(anyone: Person) -> dict[str, Any]:
    """What the public sees of the shelf; a file is served if it and all around it are."""
    root = anyone.gets("/simple/", headers={"accept": JSON}).json()
    page = anyone.gets("/simple/toasting/", headers={"accept": JSON}).json()
    return {
        "listed": [each["name"] for each in root["projects"]],
        "status": page["project-status"],
        "versions": page["versions"],
        "files": anyone.sees("toasting"),
        "served": {archive.filename: _served(anyone, archive) for archive in FILES},
    }


def _served(anyone: Person, archive: Archive) -> int:
    url = f"/packages/{archive.sha256}/{archive.filename}"
    statuses = {anyone.gets(url).status_code, anyone.asks("HEAD", url).status_code}
    part = anyone.gets(url, headers={"range": "bytes=0-3"}).status_code
    statuses.add(200 if part == 206 else part)
    if archive.filetype == "bdist_wheel":
        statuses.add(anyone.gets(f"{url}.metadata").status_code)
    (status,) = statuses
    return status


def changes_by(ann: Person) -> dict[str, int]:
    """What an owner of the shelf tries, and the answers."""
    return {
        "yank a file": ann.yanks(TOAST).status_code,
        "yank 1.0": ann.yanks("toasting/1.0").status_code,
        "yank 2.0": ann.yanks("toasting/2.0").status_code,
        "add to 1.0": ann.uploads(a_wheel("toasting", "1.0", build="7")).status_code,
        "add 3.0": ann.uploads(a_wheel("toasting", "3.0")).status_code,
    }


def without(subject: str, status: int) -> dict[str, Any]:
    """The files of the subject, answered with *status*."""
    return {archive.filename: status if archive in THESE[subject] else 200 for archive in FILES}


HIDDEN = {
    FILE: seen(files=[SOURCE.filename, LATER.filename], served=without(FILE, 404)),
    RELEASE: seen(files=[LATER.filename], versions=["2.0"], served=without(RELEASE, 404)),
    PROJECT: seen(
        listed=[], status={"status": "quarantined"}, files=[], served=without(PROJECT, 404)
    ),
}
