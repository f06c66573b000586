"""What a file may say of itself: rows 29 to 33 of UPLOADS.md. More of it is in tests/rules."""

from typing import Any

import pytest

from index.upload.policy import Policy
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.refusing import refusal
from tests.kit.world import Person

pytestmark = pytest.mark.on_sqlite  # Nearly all is over when metadata is judged.

DIST_INFO = "toasting-1.0.dist-info"

in_public = pytest.mark.parametrize("settings", [{"policy": Policy.PUBLIC}], ids=["public"])


def saying(*lines: str, version: str = "2.4", **more: Any) -> Archive:
    """A wheel with these lines in its metadata."""
    return a_wheel(metadata_version=version, metadata_extra=lines, **more)


@pytest.mark.parametrize("make", [a_wheel, an_sdist])
@pytest.mark.parametrize(
    ("name", "version"), [("crumpet", "1.0"), ("toasting", "1.1"), ("toasting2", "1.0")]
)
def test_row_29_the_archive_and_the_form_say_the_same(
    ann: Person, make: Any, name: str, version: str
):
    inside = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode()

    status, told = refusal(ann, make(metadata=inside))

    assert (status, (name if name != "toasting" else version) in told) == (400, True)


@pytest.mark.parametrize("make", [a_wheel, an_sdist])
def test_row_29_they_are_compared_as_the_standards_equate_them(ann: Person, make: Any):
    inside = b"Metadata-Version: 2.1\nName: ToastIng\nVersion: 1.0.0\n"

    assert ann.uploads(make(metadata=inside), name="TOASTING").status_code == 200


@pytest.mark.parametrize(
    "archive",
    [
        saying(version="2.0"),
        saying(version="2.7"),
        saying(version="toast"),
        saying("License-Expression: MIT", version="2.3"),
        saying("License-Expression: MIT", "License: MIT"),
        saying("License-Expression: Toast-1.0"),
        saying("License-File: COPYING"),
        saying("Description-Content-Type: text/x-rst", description="Toast\n=\n\n`a"),
        saying("Description-Content-Type: text/html", description="<p>"),
        saying("Author-email: nobody"),
        saying("Maintainer-email: <a@b>, @"),
        saying("Home-page: javascript:alert(1)"),
        saying("Project-URL: Home, ftp://example.org"),
        saying("Project-URL: " + "x" * 33 + ", https://example.org"),
        saying("Requires-Dist: !"),
        saying("Provides-Extra: -x-"),
        saying("Dynamic: Name"),
        saying("Import-Name: toasting", "Import-Namespace: toasting", version="2.5"),
        saying("Import-Namespace:", version="2.5"),
        saying(summary="Toast.\n Evenly."),
        saying(summary="x" * 513),
        saying(requires_python="toast"),
    ],
    ids=lambda archive: dict(archive.described)["metadata_version"],
)
def test_row_30_metadata_that_breaks_its_standard_is_refused(ann: Person, archive: Archive):
    assert refusal(ann, archive)[0] == 400


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"])
def test_row_30_every_version_of_the_standard_is_accepted(ann: Person, version: str):
    assert ann.uploads(saying(version=version)).status_code == 200


def test_row_30_all_complaints_come_at_once(ann: Person):
    wrong = saying("Author-email: nobody", "Home-page: toast", "Requires-Dist: !")

    status, told = refusal(ann, wrong)

    fields = ("author-email", "home-page", "requires-dist")
    assert (status, [field in told.lower() for field in fields]) == (400, [True, True, True])


STRICT = [
    saying("Classifier: Toast :: Even"),
    saying("Classifier: Natural Language :: Ukranian"),
    saying("Requires-Dist: crumpet @ https://example.org/crumpet-1.0-py3-none-any.whl"),
]


@in_public
@pytest.mark.parametrize("archive", STRICT, ids=["unknown", "deprecated", "direct reference"])
def test_row_31_what_an_index_for_everybody_refuses(ann: Person, archive: Archive):
    assert refusal(ann, archive)[0] == 400


@pytest.mark.parametrize("archive", STRICT, ids=["unknown", "deprecated", "direct reference"])
def test_row_31_is_fine_among_friends(ann: Person, archive: Archive):
    assert ann.uploads(archive).status_code == 200


@pytest.mark.parametrize(
    "commands",
    [b"\xff\xfe", b"no section", b"[console_scripts]\na b = toasting:main\n",
     b"[gui_scripts]\n../a = toasting:main\n"],
)  # fmt: skip
def test_row_32_commands_that_cannot_be_installed_are_refused(ann: Person, commands: bytes):
    wheel = a_wheel(files={f"{DIST_INFO}/entry_points.txt": commands})

    status, told = refusal(ann, wheel)

    assert (status, told.startswith("The file entry_points.txt ")) == (400, True)


@pytest.mark.parametrize("version", ["2.1", "2.3"])
def test_row_33_what_setuptools_writes_is_tolerated(ann: Person, version: str):
    assert ann.uploads(saying("License-File: COPYING", version=version)).status_code == 200


def test_row_33_unknown_fields_are_tolerated(ann: Person):
    assert ann.uploads(saying("Crust: yes", "X-Toast: even")).status_code == 200
