"""Tars in gzip: what every reader reads alike is accepted, everything else is refused and named."""

import gzip
import io
import tarfile
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.problems import Invalid
from tests.kit.inspecting import refused_tar, walked
from tests.kit.makers import a_tar, a_tar_gz
from tests.kit.odd_tars import BLOCK, a_pax, a_record, an_entry, zipped

FILE = an_entry("a/b.txt", content=b"toast")

SOUND = {
    "ustar": zipped(FILE),
    "with a folder": zipped(an_entry("a/", tarfile.DIRTYPE), FILE),
    "with the folder that it stands in": zipped(an_entry("./", tarfile.DIRTYPE), FILE),
    "with paths that begin with a dot": zipped(an_entry("./a/b.txt", content=b"toast")),
    "with a time in fractions": zipped(a_pax(mtime="1.5"), FILE),
    "with a header for all": zipped(a_pax(tarfile.XGLTYPE, comment="c0ffee"), FILE),
    "with the same size twice": zipped(a_pax(size="5"), FILE),
    "with a longer name": zipped(a_pax(path="a/b.txt"), an_entry("short", content=b"toast")),
    "with a GNU name": zipped(
        an_entry("././@LongLink", tarfile.GNUTYPE_LONGNAME, b"a/b.txt\0"),
        an_entry("short", content=b"toast"),
    ),
    "with one block of zeros at its end": zipped(FILE, end=bytes(BLOCK)),
    "with many blocks of zeros at its end": zipped(FILE, end=bytes(20 * BLOCK)),
}


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND.keys())
def test_a_sound_tar_is_read(content):
    found = walked(content)

    assert (found.files, found.content) == (frozenset(["a/b.txt"]), b"toast")


def gnu_entry_with_prefix() -> bytes:
    header = bytearray(an_entry("b.txt"))
    header[257:265] = b"ustar  \0"
    header[345:346] = b"a"
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:BLOCK])
    return bytes(header)


def negative_entry() -> bytes:
    header = bytearray(an_entry("a/b.txt"))
    header[124:136] = b"\xff" * 12
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header[:BLOCK])
    return bytes(header)


def test_a_long_name_in_the_two_fields_of_ustar_is_read():
    name = "a/" * 60 + "b.txt"

    assert walked(zipped(an_entry(name))).files == {name}


STRANGE = {
    "a character device": (zipped(an_entry("a/x", tarfile.CHRTYPE)), "'a/x' is a device."),
    "a block device": (zipped(an_entry("a/x", tarfile.BLKTYPE)), "'a/x' is a device."),
    "a FIFO": (zipped(an_entry("a/x", tarfile.FIFOTYPE)), "'a/x' is a FIFO."),
    "a sparse member": (
        zipped(an_entry("a/x", tarfile.GNUTYPE_SPARSE)),
        "'a/x' is a sparse file.",
    ),
    "a sparse member in pax": (
        zipped(a_pax(**{"GNU.sparse.major": "1"}), FILE),
        "it has a sparse member.",
    ),
    "a contiguous file": (zipped(an_entry("a/x", tarfile.CONTTYPE)), "'a/x' is of unknown type."),
    "an unknown type": (zipped(an_entry("a/x", b"Z")), "'a/x' is of unknown type."),
    "a folder with content": (
        zipped(an_entry("a/", tarfile.DIRTYPE, b"x")),
        "'a' is no file and has content.",
    ),
    "a link with content": (
        zipped(an_entry("a/x", tarfile.SYMTYPE, b"x", linkname="y")),
        "'a/x' is no file and has content.",
    ),
    "two sizes": (zipped(a_pax(size="512"), FILE), "'a/b.txt' has two different sizes."),
    "a size for all": (
        zipped(a_pax(tarfile.XGLTYPE, size="5"), FILE),
        "it has an extended header that renames every member.",
    ),
    "a name for all": (
        zipped(a_pax(tarfile.XGLTYPE, path="a/c.txt"), FILE),
        "it has an extended header that renames every member.",
    ),
    "two extended headers": (
        zipped(a_pax(mtime="1"), a_pax(path="a/c.txt"), FILE),
        "it has two extended headers for one member.",
    ),
    "two long names": (
        zipped(
            a_pax(path="a/c.txt"),
            an_entry("long", tarfile.GNUTYPE_LONGNAME, b"a/d.txt\0"),
            FILE,
        ),
        "'a/b.txt' has two long names.",
    ),
    "an extended header for nothing": (
        zipped(FILE, a_pax(path="a/c.txt")),
        "it has an extended header for no member.",
    ),
    "a record twice": (
        zipped(an_entry("x", tarfile.XHDTYPE, a_record("path", "a/x") * 2), FILE),
        "it has an extended header that is corrupt.",
    ),
    "a file named like a folder": (
        zipped(a_pax(path="a/b/"), FILE),
        "'a/b/' is a file with the name of a folder.",
    ),
    "a file without a name": (
        zipped(a_pax(path="./"), an_entry("x", tarfile.SYMTYPE, linkname="y")),
        "it has a member without a name.",
    ),
    "a name that is not UTF-8": (
        zipped(an_entry("long", tarfile.GNUTYPE_LONGNAME, b"a/\xe4\0"), FILE),
        r"the name b'a/\xe4' is not UTF-8.",
    ),
    "a name with two readings": (
        zipped(gnu_entry_with_prefix()),
        "the name of 'a/b.txt' has two readings.",
    ),
    "a negative size": (zipped(negative_entry()), "'a/b.txt' has a negative size."),
    "a broken checksum": (
        zipped(b"b" + FILE[1:]),
        "it has a header that is corrupt, or it is no tar.",
    ),
    "no tar": (
        gzip.compress(b"x" * 1000),
        "it has a header that is corrupt, or it is no tar.",
    ),
    "nothing": (gzip.compress(b""), "the tar in it is cut off."),
    "no end": (zipped(FILE, end=b""), "the tar in it is cut off."),
    "cut in a header": (zipped(FILE, end=b"x" * 100), "the tar in it is cut off."),
    "cut in the content": (zipped(FILE[:600], end=b""), "the tar in it is cut off."),
    "cut in other content": (
        zipped(an_entry("a/c.txt", content=b"toast")[:514], end=b""),
        "the tar in it is cut off.",
    ),
    "cut in the wanted content": (zipped(FILE[:514], end=b""), "the tar in it is cut off."),
    "another tar behind it": (
        zipped(FILE, bytes(2 * BLOCK), FILE),
        "there are bytes after the end of the tar.",
    ),
    "bytes behind one block of zeros": (
        zipped(FILE, bytes(BLOCK), FILE),
        "there are bytes after the end of the tar.",
    ),
    "an absolute path": (
        zipped(an_entry("/a/b.txt")),
        "The archive has a member named '/a/b.txt': it is absolute.",
    ),
    "an absolute path in pax": (
        zipped(a_pax(path="/a"), FILE),
        "The archive has a member named '/a': it is absolute.",
    ),
    "a path upwards": (
        zipped(an_entry("a/../../b")),
        "The archive has a member named 'a/../../b': it leads upwards.",
    ),
    "a file twice": (zipped(FILE, FILE), "The archive has 'a/b.txt' twice."),
    "two files that differ in case": (
        zipped(FILE, an_entry("a/B.txt")),
        "The archive has 'a/B.txt' and 'a/b.txt', which differ only in case.",
    ),
    "a large metadata file": (
        zipped(an_entry("a/b.txt", content=b"x" * 101)),
        "'a/b.txt' is larger than 100 bytes.",
    ),
}


@pytest.mark.parametrize(("content", "why"), STRANGE.values(), ids=STRANGE.keys())
def test_a_tar_that_readers_read_differently_is_refused(content, why):
    assert refused_tar(content) == why


@pytest.mark.parametrize(
    "header",
    [
        b"5 a=b\n",
        b"7 a=b\n",
        b"a=b\n",
        b"6 a=b",
        b"x a=b\n",
        b"6 ab\n\n",
        b" 6 a=b\n",
        b"0 a=b\n",
        b"-6 a=b\n",
        b"1234567890 a=b\n",
        b"6 a=b\nx",
    ],
)
def test_an_extended_header_that_is_corrupt_is_refused(header):
    assert refused_tar(zipped(an_entry("x", tarfile.XHDTYPE, header), FILE)) == (
        "it has an extended header that is corrupt."
    )


NAMES = st.text(st.sampled_from("abcdeé"), min_size=1, max_size=120)
FILES = st.dictionaries(NAMES, st.binary(max_size=1500), max_size=4)


def names_of(content: bytes) -> Sequence[str]:
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        return sorted(member.name for member in archive if not member.isdir())


@given(FILES)
def test_what_the_standard_library_writes_is_read_back(files):
    assert sorted(walked(a_tar_gz(files)).files) == sorted(files)


@given(FILES, st.data())
def test_a_tar_with_changed_bytes_is_refused_or_read_as_the_standard_library_reads_it(files, data):
    plain = bytearray(a_tar(files))
    for _ in range(data.draw(st.integers(1, 3))):
        plain[data.draw(st.integers(0, len(plain) - 1))] = data.draw(st.integers(0, 255))
    changed = gzip.compress(bytes(plain), mtime=0)

    try:
        ours = walked(changed)
    except Invalid:
        return

    assert sorted(ours.files) == names_of(changed)


@given(FILES, st.data())
def test_a_truncated_tar_is_refused(files, data):
    content = a_tar_gz(files)

    assert refused_tar(content[: data.draw(st.integers(0, len(content) - 1))])
