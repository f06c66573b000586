"""What may be in a file: rows 22 to 28 of UPLOADS.md. More such files are in tests/rules."""

import io
import tarfile
import zipfile
from dataclasses import replace

import pytest

from tests.kit.makers import Archive, a_tar_gz, a_wheel, an_sdist
from tests.kit.odd_tars import an_entry, zipped
from tests.kit.odd_zips import DEFLATED, Part, an_odd_zip, extra, zip64_end
from tests.kit.refusing import refusal
from tests.kit.world import Person

pytestmark = pytest.mark.on_sqlite  # Nearly all is over when an archive is judged.

TOAST = a_wheel()
SOURCE = an_sdist()
DIST_INFO = "toasting-1.0.dist-info"
MIB = 1 << 20
HUGE = {"size_bytes": 1 << 31}

WITH_ZIP = zipfile.ZipFile(io.BytesIO(TOAST.content))
MEMBERS = {name: WITH_ZIP.read(name) for name in WITH_ZIP.namelist()}
RECORD = MEMBERS[f"{DIST_INFO}/RECORD"]
PKG_INFO = b"Metadata-Version: 2.1\nName: toasting\nVersion: 1.0\n"


def zip_with(*more: Part, **lies: object) -> Archive:
    """The wheel, put together by hand: sound, but for *more* members and for the *lies*."""
    sound = [Part(name=name.encode(), content=content) for name, content in MEMBERS.items()]
    return replace(TOAST, content=an_odd_zip([*sound, *more], **lies))  # type: ignore[arg-type]


def tar_with(entry: bytes) -> Archive:
    """A sound sdist with one more entry."""
    pkg_info = an_entry("toasting-1.0/PKG-INFO", content=PKG_INFO)
    return replace(SOURCE, content=zipped(pkg_info, entry))


def of(archive: Archive, content: bytes) -> Archive:
    """The same upload, with other bytes."""
    return replace(archive, content=content)


def test_rows_22_to_28_what_they_begin_with_is_sound(ann: Person):
    assert ann.uploads(zip_with()).status_code == 200
    assert ann.uploads(tar_with(an_entry("toasting-1.0/a"))).status_code == 200


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (of(TOAST, TOAST.content[:-30]), "it has no end; it is not a zip, or it is cut off"),
        (of(TOAST, TOAST.content.replace(b"PK", b"pk", 1)), "is not where the directory says"),
        (of(TOAST, b""), "The file is empty."),
        (of(SOURCE, b""), "The file is empty."),
        (of(TOAST, b"toast" * 99), "it has no end; it is not a zip, or it is cut off"),
        (of(TOAST, SOURCE.content), "it has no end; it is not a zip, or it is cut off"),
        (of(SOURCE, TOAST.content), "it is a zip archive at the same time"),
        (of(SOURCE, SOURCE.content[:-30]), "it is cut off"),
        (of(SOURCE, b"toast" * 99), "it is corrupt, or not gzip at all"),
        (of(SOURCE, SOURCE.content + TOAST.content), "it is a zip archive at the same time"),
        (of(SOURCE, SOURCE.content + SOURCE.content), "there are bytes after its end"),
    ],
    ids=[
        "zip cut off",
        "zip corrupt",
        "empty wheel",
        "empty sdist",
        "no zip",
        "sdist as wheel",
        "wheel as sdist",
        "sdist cut off",
        "no gzip",
        "zip and tar at once",
        "two at once",
    ],
)
def test_row_22_what_is_not_what_it_claims_is_refused(ann: Person, archive: Archive, said: str):
    status, told = refusal(ann, archive)

    assert (status, said in told) == (400, True)


@pytest.mark.parametrize(
    "archive",
    [
        of(TOAST, b"#!toast\n" + TOAST.content),
        of(TOAST, TOAST.content + b"\0"),
        of(TOAST, TOAST.content + TOAST.content),
        of(TOAST, TOAST.content + TOAST.content[-22:]),
        zip_with(Part(name=b"toasting/__init__.py")),
        zip_with(Part(name=b"a.py", local={"name": b"b.py"})),
        zip_with(Part(name=b"a.py", local={"crc": 1})),
        zip_with(Part(name=b"a.py", flags=8)),
        zip_with(Part(name=b"a.py", comment=b"toast")),
        zip_with(comment=b"toast"),
        zip_with(before_end=zip64_end(entries=4, directory_bytes=9, offset=9, more=bytes(8))),
        zip_with(Part(name=b"a.py", local_extra=extra(0x7075, b"toast"))),
        zip_with(Part(name=b"\xff.py")),
        zip_with(Part(name=b"a.py", method=12)),
        zip_with(Part(name=b"a.py", flags=1)),
        zip_with(Part(name=b"a.py", listed=False)),
    ],
    ids=[
        "bytes before",
        "bytes after",
        "zip after zip",
        "two ends",
        "duplicate names",
        "headers that disagree in the name",
        "headers that disagree in the checksum",
        "data descriptor",
        "comment on an entry",
        "comment on the archive",
        "ZIP64 extensible",
        "another name in an extra field",
        "name that is not UTF-8",
        "bzip2",
        "encrypted",
        "member that is not listed",
    ],
)
def test_row_23_a_zip_with_two_readings_is_refused(ann: Person, archive: Archive):
    status, told = refusal(ann, archive)

    assert (status, told.startswith(("The zip archive is not accepted: ", "The archive has"))) == (
        400,
        True,
    )


@pytest.mark.parametrize(
    "name",
    [b"../a", b"a/../../b", b"/a", b"C:\\a", b"C:/a", b"a\\b", b"a\0b", b"Toasting/__INIT__.py"],
)
def test_row_24_a_member_that_would_land_elsewhere_is_refused(ann: Person, name: bytes):
    status, told = refusal(ann, zip_with(Part(name=name)))

    assert (status, told.startswith("The archive has")) == (400, True)


def test_row_24_a_symlink_in_a_wheel_is_refused(ann: Person):
    status, told = refusal(ann, zip_with(Part(name=b"a", content=b"/etc", mode=0o120777)))

    assert (status, "link" in told) == (400, True)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (an_entry("toasting-1.0/a", tarfile.SYMTYPE, linkname="../../etc"), "is not inside it"),
        (an_entry("toasting-1.0/a", tarfile.SYMTYPE, linkname="/etc"), "is not inside it"),
        (an_entry("toasting-1.0/a", tarfile.LNKTYPE, linkname="/etc/passwd"), "is not inside it"),
        (an_entry("toasting-1.0/a", tarfile.CHRTYPE), "is a device"),
        (an_entry("toasting-1.0/a", tarfile.FIFOTYPE), "is a FIFO"),
        (an_entry("toasting-1.0/a", tarfile.GNUTYPE_SPARSE), "is a sparse file"),
        (an_entry("/a"), "it is absolute"),
        (an_entry("../a"), "it leads upwards"),
        (an_entry("toasting-1.0/../../a"), "it leads upwards"),
        (an_entry("toasting-1.0/a\\b"), "it has a backslash in it"),
    ],
)
def test_row_25_a_tar_that_leaves_its_folder_is_refused(ann: Person, entry: bytes, said: str):
    status, told = refusal(ann, tar_with(entry))

    assert (status, said in told) == (400, True)


@pytest.mark.parametrize(
    "archive",
    [
        a_wheel(files={"toasting/zeros": bytes(70 * MIB)}),
        an_sdist(files={"zeros": bytes(70 * MIB)}),
        zip_with(Part(name=b"a", method=DEFLATED, local=HUGE, central=HUGE)),
    ],
    ids=["zip", "tar", "declared"],
)
def test_row_26_a_bomb_is_refused(ann: Person, archive: Archive):
    status, told = refusal(ann, archive)

    assert (status, told.startswith("The archive unpacks to more than 50 times")) == (400, True)


@pytest.mark.parametrize(
    "archive",
    [
        a_wheel(without=["METADATA"]),
        a_wheel(without=["WHEEL"]),
        a_wheel(without=["RECORD"]),
        a_wheel(record=RECORD + b"ghost.py,,\n"),
        a_wheel(record=RECORD.partition(b"\n")[2]),
        a_wheel(files={"toasting/__init__.py": b"SIDES = 1\n"}, record=RECORD),
    ],
    ids=["no METADATA", "no WHEEL", "no RECORD", "lists a ghost", "misses a file", "wrong hash"],
)
def test_row_27_a_wheel_without_its_papers_is_refused(ann: Person, archive: Archive):
    status, told = refusal(ann, archive)

    assert (status, any(word in told for word in ("METADATA", "WHEEL", "RECORD"))) == (400, True)


def test_row_27_signatures_and_blank_lines_are_fine(ann: Person):
    signed = {"toasting/__init__.py": b"SIDES = 2\n", f"{DIST_INFO}/RECORD.jws": b"{}"}

    assert ann.uploads(a_wheel(files=signed, record=RECORD + b"\n\n")).status_code == 200


@pytest.mark.parametrize(
    "archive",
    [
        an_sdist(without=["PKG-INFO"]),
        of(SOURCE, a_tar_gz({"PKG-INFO": PKG_INFO})),
        of(SOURCE, a_tar_gz({"toasting-1.0/PKG-INFO": PKG_INFO, "toast/a": b""})),
        of(SOURCE, a_tar_gz({"toasting-1.0/a/PKG-INFO": PKG_INFO})),
        of(SOURCE, a_tar_gz({})),
    ],
    ids=["no PKG-INFO", "no folder", "two folders", "PKG-INFO too deep", "nothing"],
)
def test_row_28_an_sdist_has_one_folder_and_papers(ann: Person, archive: Archive):
    assert refusal(ann, archive)[0] == 400
