"""Sdists: one folder at the top, PKG-INFO in it, and its metadata served when it is final."""

import pytest

from index.upload.policy import Limits
from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import Archive, a_tar_gz, a_wheel, an_sdist

INFO = b"Metadata-Version: 2.4\nName: toasting\nVersion: 1.0\n"


def a_tarball(members: dict[str, bytes]) -> Archive:
    """An sdist with these members and nothing else."""
    return Archive(
        filename="toasting-1.0.tar.gz",
        content=a_tar_gz(members),
        name="toasting",
        version="1.0",
        filetype="sdist",
        python_version="source",
    )


@pytest.mark.parametrize(
    "sdist",
    [
        an_sdist(),
        an_sdist("Toast.Ing", "1.0-RC1"),
        an_sdist(top="Toasting-1.0.0"),
        an_sdist(files={"src/toasting.egg-info/PKG-INFO": b"something else"}),
        a_tarball({"./x/PKG-INFO": INFO}),
    ],
)
def test_a_sound_sdist_passes(sdist):
    assert inspected(sdist).warnings == ()


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, "The sdist has nothing at its top."),
        (
            {"a/PKG-INFO": INFO, "b/PKG-INFO": INFO},
            "The sdist has 'a', 'b' at its top.",
        ),
        ({"a/PKG-INFO": INFO, "setup.py": b""}, "The sdist has 'a', 'setup.py' at its top."),
        ({"PKG-INFO": INFO}, "The sdist has 'PKG-INFO' at its top."),
        ({"PKG-INFO": INFO, "setup.py": b""}, "The sdist has 'PKG-INFO', 'setup.py' at its top."),
        (
            {f"{n}/PKG-INFO": INFO for n in range(5)},
            "The sdist has '0', '1', '2' at its top.",
        ),
        ({"a/setup.py": b""}, "The sdist has no file 'a/PKG-INFO'."),
        ({"a/b/PKG-INFO": INFO}, "The sdist has no file 'a/PKG-INFO'."),
        ({"a/PKG-INFO/b": INFO}, "The sdist has no file 'a/PKG-INFO'."),
        ({"a/pkg-info": INFO}, "The sdist has no file 'a/PKG-INFO'."),
    ],
)
def test_an_sdist_has_one_folder_at_its_top_and_pkg_info_in_it(members, message):
    assert refusal(a_tarball(members)) == message


@pytest.mark.parametrize(
    ("version", "extra", "served"),
    [
        ("2.1", [], False),
        ("2.2", [], True),
        ("2.4", [], True),
        ("2.2", ["Dynamic: Requires-Dist"], False),
        ("2.4", ["Dynamic: License-File"], False),
    ],
)
def test_metadata_is_served_when_building_cannot_change_it(version, extra, served):
    found = inspected(an_sdist(metadata_version=version, metadata_extra=extra))

    assert found.serve_metadata is served


def test_the_metadata_of_an_sdist_is_taken_from_it_byte_for_byte():
    assert inspected(an_sdist(metadata=INFO)).core_metadata == INFO


def test_pkg_info_has_a_limit():
    assert refusal(an_sdist(), limits=Limits(metadata_bytes=5)) == (
        "The .tar.gz archive is not accepted: 'toasting-1.0/PKG-INFO' is larger than 5 bytes."
    )


def test_an_sdist_that_is_a_wheel_is_refused():
    posing = a_tarball({})
    wheel = Archive(
        filename=posing.filename,
        content=a_wheel().content,
        name="toasting",
        version="1.0",
        filetype="sdist",
        python_version="source",
    )

    assert refusal(wheel) == (
        "The .tar.gz archive is not accepted: it is a zip archive at the same time."
    )
