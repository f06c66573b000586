"""How large a file may be, and which names are taken: rows 17 to 21 of UPLOADS.md."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.kit.forms import FORM, an_upload
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.refusing import everything, refusal
from tests.kit.world import Person

pytestmark = pytest.mark.on_sqlite  # Nearly all is over when a file is received.

TOAST = a_wheel()
BREAD = a_wheel(summary="Not toasted yet.")
NOISE = Random(1).randbytes(6000)
LARGE = a_wheel(files={"toasting/noise.bin": NOISE})
NEVER = "File names are never reused. "
TAKEN = f"File already exists ({TOAST.filename})"

TOO_LARGE = (
    413,
    "File too large: a file may have at most 5,000 bytes here. "
    "Ask the operator of this index if it must be larger.",
)

small = pytest.mark.parametrize("settings", [{"upload_limit_bytes": 5000}], ids=["5,000 bytes"])


@small
def test_row_17_a_file_over_the_limit_is_refused(ann: Person):
    assert refusal(ann, LARGE) == TOO_LARGE
    assert ann.uploads(TOAST).status_code == 200


@pytest.mark.parametrize(
    ("settings", "status"),
    [
        ({"upload_limit_bytes": len(TOAST.content)}, 200),
        ({"upload_limit_bytes": len(TOAST.content) - 1}, 413),
    ],
    ids=["exactly", "one byte less"],
)
def test_row_17_a_file_may_have_exactly_as_many_bytes_as_the_limit(ann: Person, status: int):
    assert ann.uploads(TOAST).status_code == status


@small
def test_row_17_a_length_over_the_limit_is_refused_before_anything_is_read(ann: Person):
    headers = {**FORM, "content-length": str(1 << 40)}

    answer = ann.asks("POST", "/legacy/", headers=headers, content=_never_read())

    assert (answer.status_code, answer.text) == TOO_LARGE


@small
@pytest.mark.parametrize("where", ["before", "in", "after"])
def test_row_17_a_body_without_end_is_refused_wherever_it_grows(ann: Person, where: str):
    empty = an_upload(TOAST).partition(b"PK\3\4")[0]
    begun = {"before": b"", "in": empty, "after": an_upload(TOAST)}[where]
    before = everything(ann.world.services)

    answer = ann.asks("POST", "/legacy/", headers=FORM, content=_endless(begun))

    assert (answer.status_code, answer.text) == TOO_LARGE
    assert everything(ann.world.services) == before


@pytest.mark.parametrize("settings", [{"project_quota_bytes": 9000}], ids=["9,000 bytes"])
def test_row_17_a_project_has_a_quota(ann: Person):
    assert ann.uploads(LARGE).status_code == 200
    more = a_wheel(version="2.0", files={"toasting/noise.bin": NOISE})

    assert refusal(ann, more) == (
        413,
        "With this file toasting would have more than its 9,000 bytes. "
        "Ask the operator of this index for a larger quota.",
    )
    assert ann.uploads(a_wheel("crumpets", files={"a": NOISE})).status_code == 200
    assert ann.uploads(a_wheel(version="3.0")).status_code == 200


@pytest.mark.parametrize("archive", [TOAST, an_sdist()], ids=["wheel", "sdist"])
def test_row_18_the_same_file_again_changes_nothing(ann: Person, archive: Archive):
    assert ann.uploads(archive).status_code == 200
    before = everything(ann.world.services)

    again = ann.uploads(archive)

    said = f"{archive.filename} was published before, with the same contents.\n"
    assert (again.status_code, again.text) == (200, said)
    assert everything(ann.world.services) == before


def test_row_19_a_name_with_other_bytes_is_taken(ann: Person, anyone: Person):
    ann.uploads(TOAST)

    assert refusal(ann, BREAD) == (
        400,
        f"{TAKEN}, with other contents. {NEVER}Raise the version or the build number.",
    )
    assert anyone.downloads(TOAST).content == TOAST.content


def test_row_19_the_same_bytes_in_two_files_are_two_files(ann: Person, anyone: Person):
    other = a_wheel(filename="toasting-1.0-1-py3-none-any.whl")
    assert other.content == TOAST.content

    assert [ann.uploads(each).status_code for each in (TOAST, other)] == [200, 200]

    assert anyone.sees("toasting") == [TOAST.filename, other.filename]


@pytest.mark.parametrize("again", [TOAST, BREAD], ids=["the same", "other bytes"])
@pytest.mark.parametrize(
    "path",
    [f"files/{TOAST.filename}", "releases/1.0"],
    ids=["file", "release"],
)
def test_row_20_the_name_of_a_withdrawn_file_stays_taken(ann: Person, path: str, again: Archive):
    ann.uploads(TOAST)
    ann.asks("POST", f"/api/projects/toasting/{path}/withdraw", json={"reason": "Burnt."})

    assert refusal(ann, again) == (
        400,
        f"{TAKEN}: it was withdrawn. {NEVER}Restore it, or raise the version.",
    )

    ann.asks("DELETE", f"/api/projects/toasting/{path}/withdraw", json={"reason": "It was fine."})
    assert ann.uploads(TOAST).text.endswith("with the same contents.\n")


def test_row_20_the_name_of_a_held_file_stays_taken(ann: Person, bea: Person, anyone: Person):
    ann.uploads(TOAST)
    bea.holds(f"file:{TOAST.filename}")

    assert refusal(ann, BREAD)[0] == 400
    assert ann.uploads(TOAST).status_code == 200
    assert anyone.sees("toasting") == []


def test_row_21_a_release_has_one_sdist(ann: Person):
    ann.uploads(an_sdist(version="1.0"))
    other = an_sdist(version="1.0.0")
    assert other.filename == "toasting-1.0.0.tar.gz"

    assert refusal(ann, other) == (
        400,
        "Release 1.0.0 has an sdist already: toasting-1.0.tar.gz. "
        "A release has one sdist. Raise the version.",
    )
    assert ann.uploads(an_sdist(version="1.0.1")).status_code == 200


def _never_read() -> Iterator[bytes]:
    yield b"--a"
    raise AssertionError("Nobody should have asked for more.")


def _endless(begun: bytes) -> Iterator[bytes]:
    """More than an upload may have: 5,000 bytes of file and 64 MiB of everything else."""
    yield begun
    for _ in range(80):
        yield bytes(1 << 20)
