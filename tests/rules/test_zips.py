"""Zips: what every reader reads alike is accepted, everything else is refused and named."""

import io
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.upload.policy import Limits
from storage.problems import Invalid
from tests.kit.inspecting import refused_zip, unpacked
from tests.kit.makers import a_zip
from tests.kit.odd_zips import DEFLATED, FULL, UTF8, Part, an_odd_zip, extra, wide, zip64_end

SOUND = {
    "empty": an_odd_zip([]),
    "stored": an_odd_zip([Part()]),
    "deflated": an_odd_zip([Part(method=DEFLATED)]),
    "with a UTF-8 name": an_odd_zip([Part(name="ä.txt".encode(), flags=UTF8)]),
    "with a folder": an_odd_zip([Part(name=b"a/", content=b""), Part(name=b"a/b.txt")]),
    "with ZIP64 sizes where none are needed": an_odd_zip(
        [
            Part(
                local_extra=wide(5, 5),
                local={"packed_bytes": FULL, "size_bytes": FULL},
            )
        ]
    ),
    "with ZIP64 sizes in both headers": an_odd_zip(
        [
            Part(
                local_extra=wide(5, 5),
                local={"packed_bytes": FULL, "size_bytes": FULL},
                central_extra=wide(5, 5),
                central={"packed_bytes": FULL, "size_bytes": FULL},
            )
        ]
    ),
    "with a ZIP64 end": an_odd_zip([Part()], before_end=zip64_end()),
    "with an alignment in an extra field": an_odd_zip([Part(local_extra=extra(0xD935, b"\0" * 9))]),
    "with an extra field of nothing": an_odd_zip([Part(local_extra=extra(0xCAFE, b""))]),
    "with its own name in a Unicode path": an_odd_zip(
        [Part(local_extra=extra(0x7075, b"\1" + bytes(4) + b"a.txt"))]
    ),
}


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND.keys())
def test_a_sound_zip_is_read_as_the_standard_library_reads_it(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        theirs = {name: archive.read(name) for name in archive.namelist()}

    assert unpacked(content) == theirs


ONE = Part()
TWO = Part(name=b"b.txt", content=b"butter")
END = struct.calcsize("<4s4H2LH")

FRAMING = {
    "empty": (b"", "it has no end; it is not a zip, or it is cut off."),
    "no zip": (b"x" * 1000, "it has no end; it is not a zip, or it is cut off."),
    "cut in the end": (an_odd_zip([ONE])[:-1], "it has a comment, or bytes after its end."),
    "cut before the end": (
        an_odd_zip([ONE])[:-END],
        "it has no end; it is not a zip, or it is cut off.",
    ),
    "bytes before": (
        b"x" + an_odd_zip([ONE]),
        "there is something between its directory and its end.",
    ),
    "bytes before, offsets mended": (
        an_odd_zip([Part(before=b"x")]),
        "there are bytes before, between or under its members.",
    ),
    "bytes after": (an_odd_zip([ONE], after=b"x"), "it has a comment, or bytes after its end."),
    "a comment": (an_odd_zip([ONE], comment=b"x"), "it has a comment, or bytes after its end."),
    "a comment that is cut off": (an_odd_zip([ONE], comment=b"xxx")[:-3], "it has a comment."),
    "a comment that is an end": (
        an_odd_zip([ONE], comment=an_odd_zip([])),
        "there is something between its directory and its end.",
    ),
    "two zips": (
        an_odd_zip([ONE]) + an_odd_zip([TWO]),
        "there is something between its directory and its end.",
    ),
    "bytes between members": (
        an_odd_zip([ONE, Part(name=b"b.txt", before=b"x")]),
        "there are bytes before, between or under its members.",
    ),
    "bytes before the directory": (
        an_odd_zip([ONE], gap=b"x"),
        "there are bytes between its members and its directory.",
    ),
    "bytes before the end": (
        an_odd_zip([ONE], before_end=b"x"),
        "there is something between its directory and its end.",
    ),
    "a member that is not listed": (
        an_odd_zip([ONE, Part(name=b"b.txt", listed=False), Part(name=b"c.txt")]),
        "there are bytes before, between or under its members.",
    ),
    "a last member that is not listed": (
        an_odd_zip([ONE, Part(name=b"b.txt", listed=False)]),
        "there are bytes between its members and its directory.",
    ),
    "an entry without a member": (
        an_odd_zip([ONE, Part(name=b"b.txt", central={"offset": 0})]),
        "there are bytes before, between or under its members.",
    ),
    "fewer entries than it says": (
        an_odd_zip([ONE], entries=2, entries_here=2),
        "it is cut off.",
    ),
    "more entries than it says": (
        an_odd_zip([ONE, TWO], entries=1, entries_here=1),
        "its directory has more entries than it says.",
    ),
    "no directory where it should be": (
        an_odd_zip([], before_end=b"x" * 46, entries=1, entries_here=1, directory_bytes=46),
        "its directory is not whole.",
    ),
    "no member where the directory says": (
        b"PK\3\5" + an_odd_zip([ONE])[4:],
        "a member is not where the directory says.",
    ),
    "several disks": (an_odd_zip([ONE], disk=1), "it is in several parts."),
    "a directory on another disk": (an_odd_zip([ONE], first_disk=1), "it is in several parts."),
    "entries on another disk": (an_odd_zip([ONE], entries_here=0), "it is in several parts."),
    "a member on another disk": (
        an_odd_zip([Part(central={"disk": 1})]),
        "it is in several parts.",
    ),
}

MISPLACED = "its ZIP64 end has extensible data, or is not where it should be."
ZIP64 = {
    "extensible data": (zip64_end(more=b"x" * 4), MISPLACED),
    "bytes behind it": (zip64_end(behind=b"x"), MISPLACED),
    "another length": (zip64_end(rest_bytes=45), MISPLACED),
    "no signature": (zip64_end(signature=b"PK\1\1"), MISPLACED),
    "another disk": (zip64_end(disk=1), "it is in several parts."),
    "a directory on another disk": (zip64_end(first_disk=1), "it is in several parts."),
    "a locator on another disk": (zip64_end(locator_disk=1), "it is in several parts."),
    "two disks": (zip64_end(disks=2), "it is in several parts."),
    "entries on another disk": (zip64_end(entries_here=0), "it is in several parts."),
    "other entries": (zip64_end(entries=2, entries_here=2), "its two ends disagree."),
    "another place": (zip64_end(offset=41), "its two ends disagree."),
    "a gap": (zip64_end(gap=b"x"), "there is something between its directory and its end."),
}


@pytest.mark.parametrize(("end", "why"), ZIP64.values(), ids=ZIP64.keys())
def test_a_zip64_end_says_what_the_end_says(end, why):
    assert refused_zip(an_odd_zip([ONE], before_end=end)) == why


def test_a_zip64_end_may_say_what_does_not_fit_into_the_end():
    full = an_odd_zip(
        [ONE],
        before_end=zip64_end(),
        entries=0xFFFF,
        entries_here=0xFFFF,
        directory_bytes=FULL,
        offset=FULL,
    )

    assert unpacked(full) == {"a.txt": b"toast"}


@pytest.mark.parametrize(("content", "why"), FRAMING.values(), ids=FRAMING.keys())
def test_a_zip_with_bytes_that_some_readers_skip_is_refused(content, why):
    assert refused_zip(content) == why


def test_a_zip_that_is_a_tar_as_well_is_refused():
    def zipped(checksum: bytes) -> bytes:
        content = (
            bytes(148 - 31) + checksum.ljust(8) + b"0" + bytes(100) + b"ustar\x0000" + bytes(300)
        )
        return an_odd_zip([Part(name=b"a", content=content, local={"crc": 0}, central={"crc": 0})])

    both = zipped(b"%06o\0" % sum(zipped(b"")[:512]))

    assert tarfile.TarInfo.frombuf(both[:512], "utf-8", "strict").isreg()
    assert refused_zip(both) == "it is a tar archive at the same time."


def test_a_zip_may_have_as_many_members_as_the_limit():
    assert len(unpacked(an_odd_zip([ONE, TWO]), Limits(members=2))) == 2


def test_a_large_zip_may_unpack_to_a_little_more():
    limits = Limits(unpacked_ratio_from_bytes=100)

    assert unpacked(an_odd_zip([Part(content=b"x" * 101)]), limits) == {"a.txt": b"x" * 101}


NAMES = st.text(st.sampled_from("abcdeé"), min_size=1, max_size=6)
FILES = st.dictionaries(NAMES, st.binary(max_size=300), max_size=6)


@given(FILES, st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_what_the_standard_library_writes_is_read_back(files, compression):
    assert unpacked(a_zip(files, compression=compression)) == files


@given(FILES, st.data())
def test_a_zip_with_changed_bytes_is_refused_or_read_as_the_standard_library_reads_it(files, data):
    content = bytearray(a_zip(files))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    try:
        ours = unpacked(bytes(content))
    except Invalid:
        return

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert ours == {name: archive.read(name) for name in archive.namelist()}


@given(FILES, st.data())
def test_a_truncated_zip_is_refused(files, data):
    content = a_zip(files)

    assert refused_zip(content[: data.draw(st.integers(0, len(content) - 1))])
