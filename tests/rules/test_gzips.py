"""Gzip around a tar: one clean member, no bomb, and no zip in it."""

import gzip
import tarfile
import zlib

import pytest

from index.upload.archives.gzips import PIECE_BYTES
from index.upload.policy import MIB, Limits
from tests.kit.inspecting import refused_tar, walked
from tests.kit.makers import a_tar, a_zip
from tests.kit.odd_tars import BLOCK, a_pax, an_entry, zipped
from tests.kit.odd_zips import an_odd_zip, zip64_end

FILE = an_entry("a/b.txt", content=b"toast")

GZIP = {
    "cut off": (zipped(FILE)[:-1], "it is cut off."),
    "cut in the middle": (zipped(FILE)[:40], "it is cut off."),
    "not gzip": (a_tar({"a/b.txt": b"toast"}), "it is corrupt, or not gzip at all."),
    "bzip2": (b"BZh91AY&SY" + bytes(100), "it is corrupt, or not gzip at all."),
    "a wrong checksum": (
        zipped(FILE)[:-8] + bytes(4) + zipped(FILE)[-4:],
        "it is corrupt, or not gzip at all.",
    ),
    "bytes after": (zipped(FILE) + b"x", "there are bytes after its end."),
    "zeros after": (zipped(FILE) + bytes(512), "there are bytes after its end."),
    "a second member": (zipped(FILE) + zipped(FILE), "there are bytes after its end."),
    "a member for each half": (
        gzip.compress(FILE) + gzip.compress(bytes(2 * BLOCK)),
        "there are bytes after its end.",
    ),
    "a zip after it": (
        zipped(FILE) + a_zip({"a/b.txt": b"jam"}),
        "it is a zip archive at the same time.",
    ),
    "an empty zip after it": (
        zipped(FILE) + a_zip({}),
        "it is a zip archive at the same time.",
    ),
    "a ZIP64 after it": (
        zipped(FILE) + an_odd_zip([], before_end=zip64_end(), directory_bytes=5),
        "it is a zip archive at the same time.",
    ),
    "a zip": (a_zip({"a/b.txt": b"jam"}), "it is a zip archive at the same time."),
}


@pytest.mark.parametrize(("content", "why"), GZIP.values(), ids=GZIP.keys())
def test_what_is_not_one_clean_gzip_is_refused(content, why):
    assert refused_tar(content) == why


def test_a_zip_in_a_gzip_header_is_found():
    hidden = a_zip({"a/b.txt": b"jam"})
    plain = zipped(FILE)
    extra = len(hidden).to_bytes(2, "little") + hidden
    both = plain[:3] + b"\4" + plain[4:10] + extra + plain[10:]

    assert gzip.decompress(both) == gzip.decompress(plain)
    assert refused_tar(both) == "it is a zip archive at the same time."


@pytest.mark.parametrize("directory_bytes", [b"\xff" * 4, b"\5\0\0\0"])
def test_an_end_of_a_zip_among_the_bytes_does_not_make_a_zip(directory_bytes):
    plain = zipped(FILE)
    extra = b"PK\5\6" + bytes(8) + directory_bytes + bytes(40)
    length = len(extra).to_bytes(2, "little")
    harmless = plain[:3] + b"\4" + plain[4:10] + length + extra + plain[10:]

    assert walked(harmless) == walked(plain)


def with_a_long_name(content: bytes, length: int) -> bytes:
    """The gzip with a name in its header, so that it is *length* bytes long."""
    name = b"x" * (length - len(content) - 1) + b"\0"
    return content[:3] + b"\x08" + content[4:10] + name + content[10:]


def test_a_header_longer_than_a_piece_is_passed_over():
    assert walked(with_a_long_name(zipped(FILE), PIECE_BYTES + 500)) == walked(zipped(FILE))


def test_bytes_after_a_gzip_that_ends_with_a_piece_are_found():
    exact = with_a_long_name(zipped(FILE), PIECE_BYTES)

    assert walked(exact) == walked(zipped(FILE))
    assert refused_tar(exact + b"x") == "there are bytes after its end."


def test_a_bomb_is_refused_before_it_fills_the_memory():
    packing = zlib.compressobj(wbits=31)
    bomb = packing.compress(an_entry("a/c.txt", content=b"\0" * 66 * MIB)) + packing.flush()

    assert refused_tar(bomb) == "The archive unpacks to more than 50 times its size."


def test_a_bomb_in_an_extended_header_is_refused():
    header = tarfile.TarInfo("x")
    header.type, header.size = tarfile.XHDTYPE, 8 * 1024 * MIB
    bomb = zipped(header.tobuf(tarfile.GNU_FORMAT), bytes(33 * MIB))

    assert refused_tar(bomb) == "it has more than 33,554,432 bytes of headers."


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(members=1), "it has more than 1 members."),
        (Limits(unpacked_bytes=1000), "The archive unpacks to more than 1,000 bytes."),
        (
            Limits(member_name_bytes=5),
            "The archive has a member named 'a/b.txt': it is longer than 5 bytes.",
        ),
        (Limits(tar_header_bytes=5), "it has more than 5 bytes of headers."),
    ],
)
def test_more_than_the_limits_is_refused(limits, why):
    assert refused_tar(zipped(a_pax(mtime="1.5"), FILE), limits=limits) == why
