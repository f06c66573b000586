"""Members of zips: what every reader reads alike is accepted, everything else is refused."""

import zlib

import pytest

from index.upload.policy import Limits
from tests.kit.inspecting import refused_zip, unpacked
from tests.kit.odd_zips import DEFLATED, FULL, UTF8, Part, an_odd_zip, extra, wide

ONE = Part()
TWO = Part(name=b"b.txt", content=b"butter")


@pytest.mark.parametrize(
    "lie",
    [
        {"needs": 10},
        {"flags": UTF8},
        {"method": DEFLATED},
        {"time": 1},
        {"date": 34},
        {"crc": 1},
        {"size_bytes": 4},
        {"name": b"b.txt"},
    ],
    ids=lambda lie: next(iter(lie)),
)
def test_headers_that_disagree_are_refused(lie):
    assert refused_zip(an_odd_zip([Part(local=lie)])) == "the two headers of 'a.txt' disagree."


MEMBERS = {
    "an encrypted member": (Part(flags=1), "'a.txt' is encrypted."),
    "a strongly encrypted member": (Part(flags=0x41), "'a.txt' is encrypted."),
    "masked headers": (Part(flags=0x2000), "'a.txt' is encrypted."),
    "a data descriptor": (Part(flags=8), "'a.txt' has a data descriptor."),
    "patched data": (Part(flags=0x20), "'a.txt' has flags that nothing needs."),
    "bzip2": (Part(method=12), "'a.txt' is compressed by another method than deflate."),
    "lzma": (Part(method=14), "'a.txt' is compressed by another method than deflate."),
    "zstandard": (Part(method=93), "'a.txt' is compressed by another method than deflate."),
    "a comment": (Part(comment=b"x"), "'a.txt' has a comment."),
    "a symlink": (Part(mode=0o120777), "'a.txt' is a link or a device, not a file."),
    "a device": (Part(mode=0o020777), "'a.txt' is a link or a device, not a file."),
    "a FIFO": (Part(mode=0o010777), "'a.txt' is a link or a device, not a file."),
    "a name in Latin-1": (
        Part(name=b"\xe4.txt"),
        r"the name b'\xe4.txt' is not declared and valid UTF-8.",
    ),
    "a name in Latin-1 that says it is UTF-8": (
        Part(name=b"\xe4.txt", flags=UTF8),
        r"the name b'\xe4.txt' is not declared and valid UTF-8.",
    ),
    "a name in UTF-8 that does not say so": (
        Part(name="ä.txt".encode()),
        r"the name b'\xc3\xa4.txt' is not declared and valid UTF-8.",
    ),
    "a second name": (
        Part(local_extra=extra(0x7075, b"\1" + bytes(4) + b"b.txt")),
        "'a.txt' has a second name.",
    ),
    "a second name in the directory": (
        Part(central_extra=extra(0x7075, b"\1" + bytes(4) + b"b.txt")),
        "'a.txt' has a second name.",
    ),
    "an extra field that is cut off": (
        Part(local_extra=b"\1\0\4\0x"),
        "the extra fields of 'a.txt' are not whole.",
    ),
    "an extra field that has no length": (
        Part(local_extra=b"\1\0\4"),
        "the extra fields of 'a.txt' are not whole.",
    ),
    "ZIP64 sizes twice": (
        Part(local_extra=wide(5, 5) * 2),
        "the ZIP64 sizes of 'a.txt' are not those it needs.",
    ),
    "one ZIP64 size": (
        Part(local_extra=wide(5)),
        "the ZIP64 sizes of 'a.txt' are not those it needs.",
    ),
    "three ZIP64 sizes": (
        Part(local_extra=wide(5, 5, 0)),
        "the ZIP64 sizes of 'a.txt' are not those it needs.",
    ),
    "a ZIP64 size and a half": (
        Part(local_extra=extra(1, bytes(12))),
        "the ZIP64 sizes of 'a.txt' are not those it needs.",
    ),
    "ZIP64 sizes that disagree": (
        Part(local_extra=wide(5, 6)),
        "the two sizes of 'a.txt' disagree.",
    ),
    "ZIP64 sizes in the directory that nothing needs": (
        Part(central_extra=wide(5)),
        "the ZIP64 sizes of 'a.txt' are not those it needs.",
    ),
    "ZIP64 sizes that are missing": (
        Part(local={"packed_bytes": FULL, "size_bytes": FULL}),
        "the ZIP64 sizes of 'a.txt' are not those it needs.",
    ),
    "a wrong checksum": (
        Part(local={"crc": 1}, central={"crc": 1}),
        "'a.txt' is corrupt; its checksum is wrong.",
    ),
    "a folder with content": (Part(name=b"a/"), "the folder 'a/' has content."),
    "stored with two sizes": (
        Part(local={"size_bytes": 4}, central={"size_bytes": 4}),
        "'a.txt' does not have the size it declares.",
    ),
    "fewer bytes than declared": (
        Part(method=DEFLATED, local={"size_bytes": 6}, central={"size_bytes": 6}),
        "'a.txt' does not have the size it declares.",
    ),
    "more bytes than declared": (
        Part(method=DEFLATED, local={"size_bytes": 4}, central={"size_bytes": 4}),
        "'a.txt' does not have the size it declares.",
    ),
    "deflate that is corrupt": (
        Part(method=DEFLATED, packed=b"\xff\xff\xff"),
        "'a.txt' is corrupt.",
    ),
    "deflate that is cut off": (
        Part(method=DEFLATED, packed=b"\x2b\xc9"),
        "'a.txt' is cut off.",
    ),
    "bytes after the deflate": (
        Part(method=DEFLATED, packed=zlib.compress(b"toast", wbits=-15) + b"x"),
        "'a.txt' has bytes after its end.",
    ),
}


@pytest.mark.parametrize(("part", "why"), MEMBERS.values(), ids=MEMBERS.keys())
def test_a_member_that_readers_read_differently_is_refused(part, why):
    assert refused_zip(an_odd_zip([part, TWO])) == why


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (b"../a", "it leads upwards"),
        (b"a/../../b", "it leads upwards"),
        (b"a/..", "it leads upwards"),
        (b"/a", "it is absolute"),
        (b"C:/a", "it is absolute"),
        (b"c:a", "it is absolute"),
        (b"C:\\a", "it has a backslash in it"),
        (b"a\\b", "it has a backslash in it"),
        (b"..\\a", "it has a backslash in it"),
        (b"a\0.py", "it has control characters in it"),
        (b"a\n", "it has control characters in it"),
        (b"a\x7f", "it has control characters in it"),
        (b"a//b", "it has an empty part"),
        (b"./a", "it has an empty part"),
        (b"a/./b", "it has an empty part"),
        (b"", "it has an empty part"),
        (b"a" * 1025, "it is longer than 1024 bytes"),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(name, why):
    message = refused_zip(an_odd_zip([Part(name=name)]))

    assert message.startswith("The archive has a member named ")
    assert message.endswith(f": {why}.")


@pytest.mark.parametrize(
    ("names", "message"),
    [
        (["a.txt", "a.txt"], "The archive has 'a.txt' twice."),
        (
            ["a/B.txt", "a/b.txt"],
            "The archive has 'a/b.txt' and 'a/B.txt', which differ only in case.",
        ),
        (["ß", "ss"], "The archive has 'ss' and 'ß', which differ only in case."),
        (
            ["\u00e9", "e\u0301"],
            "The archive has 'e\u0301' and '\u00e9', which differ only in case.",
        ),
        (["a", "a/b"], "The archive has 'a' both as a file and as a folder."),
        (["A", "a/b"], "The archive has 'A' both as a file and as a folder."),
        (["a/", "a/"], "it has a folder twice."),
        (["a/", "A/"], "The archive has 'A' and 'a', which differ only in case."),
        (["a", "a/"], "The archive has 'a' both as a file and as a folder."),
    ],
)
def test_names_that_would_become_one_file_are_refused(names, message):
    parts = [
        Part(name=name.encode(), flags=UTF8, content=b"" if name.endswith("/") else b"toast")
        for name in names
    ]

    assert refused_zip(an_odd_zip(parts)) == message


def test_a_path_may_be_as_long_as_the_limit():
    name = "a" * 1024

    assert unpacked(an_odd_zip([Part(name=name.encode())])) == {name: b"toast"}


@pytest.mark.parametrize(
    ("limits", "why"),
    [
        (Limits(members=1), "it has more than 1 members."),
        (Limits(unpacked_bytes=10), "The archive unpacks to more than 10 bytes."),
    ],
)
def test_more_than_the_limits_is_refused(limits, why):
    assert refused_zip(an_odd_zip([ONE, TWO]), limits) == why
