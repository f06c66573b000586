"""Links in tars: to what is inside, whatever else in the archive is a link as well."""

import tarfile

import pytest

from tests.kit.inspecting import refused_tar, walked
from tests.kit.odd_tars import a_pax, an_entry, zipped

FILE = an_entry("a/b.txt", content=b"toast")


def test_links_inside_the_archive_are_kept():
    found = walked(
        zipped(
            FILE,
            an_entry("a/hard", tarfile.LNKTYPE, linkname="a/b.txt"),
            an_entry("a/dotted", tarfile.LNKTYPE, linkname="./a/b.txt"),
            an_entry("a/soft", tarfile.SYMTYPE, linkname="b.txt"),
            an_entry("a/c/up", tarfile.SYMTYPE, linkname="../b.txt"),
            an_entry("a/c/here", tarfile.SYMTYPE, linkname="."),
            an_entry("a/c/top", tarfile.SYMTYPE, linkname=".."),
            a_pax(linkpath="b.txt"),
            an_entry("a/long", tarfile.SYMTYPE, linkname="short"),
            an_entry("././@LongLink", tarfile.GNUTYPE_LONGLINK, b"b.txt\0"),
            an_entry("a/longer", tarfile.SYMTYPE, linkname="short"),
        )
    )

    assert sorted(found.files) == [
        "a/b.txt",
        "a/c/here",
        "a/c/top",
        "a/c/up",
        "a/dotted",
        "a/hard",
        "a/long",
        "a/longer",
        "a/soft",
    ]


def test_a_link_has_no_content_of_its_own():
    file = an_entry("a/c.txt", content=b"toast")

    for kind, target in ((tarfile.LNKTYPE, "a/c.txt"), (tarfile.SYMTYPE, "c.txt")):
        assert walked(zipped(file, an_entry("a/b.txt", kind, linkname=target))).content is None


def a_link(target: str, *, kind: bytes = tarfile.SYMTYPE, name: str = "a/link") -> bytes:
    return zipped(FILE, an_entry(name, kind, linkname=target))


@pytest.mark.parametrize(
    "content",
    [
        a_link("/etc/passwd"),
        a_link(".."),
        a_link("../b"),
        a_link("../../b"),
        a_link("../a/b.txt"),
        a_link("c/../b.txt"),
        a_link("b/c/../../../../x"),
        a_link(""),
        a_link("b.txt", name="link"),
        a_link("../../x", name="a/c/link"),
        a_link("/etc/passwd", kind=tarfile.LNKTYPE),
        a_link("../x", kind=tarfile.LNKTYPE),
        a_link("a/missing", kind=tarfile.LNKTYPE),
        a_link("a/link", kind=tarfile.LNKTYPE),
    ],
)
def test_a_link_that_leaves_the_archive_is_refused(content):
    assert refused_tar(content).endswith(", which is not inside it.")


@pytest.mark.parametrize("target", ["C:/x", "..\\x", "b\nx"])
def test_a_link_to_what_is_no_path_is_refused(target):
    assert refused_tar(a_link(target)).startswith("The archive has a member named ")


def test_a_member_behind_a_symlink_is_refused():
    behind = an_entry("a/link/x.txt")
    link = an_entry("a/link", tarfile.SYMTYPE, linkname="b")

    assert refused_tar(zipped(link, behind)) == refused_tar(zipped(behind, link))
    assert refused_tar(zipped(link, behind)) == (
        "The archive has 'a/link' both as a file and as a folder."
    )


def test_a_hard_link_to_a_symlink_is_refused():
    link = an_entry("a/link", tarfile.SYMTYPE, linkname="b")
    hard = an_entry("a/hard", tarfile.LNKTYPE, linkname="a/link")

    assert refused_tar(zipped(link, hard)) == (
        "The archive has a link 'a/hard' to 'a/link', which is not inside it."
    )
