"""Wheels: sound, named as their folder is, every file as RECORD says, scripts that can be."""

import pytest

from index.upload.policy import Limits, Policy
from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import Archive, a_wheel, an_sdist

FOLDER = "toasting-1.0.dist-info"


def test_the_metadata_of_a_wheel_is_taken_from_it_byte_for_byte_and_served():
    metadata = b"Metadata-Version: 2.1\r\nName: Toasting\r\nVersion: 1.0.0\r\n\r\nCrisp.\r\n"

    found = inspected(a_wheel(metadata=metadata))

    assert (found.core_metadata, found.serve_metadata) == (metadata, True)
    assert found.requires_python is None


@pytest.mark.parametrize(
    "wheel",
    [
        a_wheel(build="1a"),
        a_wheel("Toast.Ing", "1.0-RC1"),
        a_wheel(tag="cp313-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64"),
        a_wheel(files={}),
        a_wheel(files={"toasting/": b"", "toasting/ä.py": b"", "b, c.py": b"x"}),
        a_wheel(files={"x/foo-1.0.dist-info/METADATA": b"vendored"}),
        a_wheel(version="1.0+local.1", filename="toasting-1.0+local.1-py3-none-any.whl"),
    ],
    ids=lambda wheel: wheel.filename,
)
def test_a_sound_wheel_passes(wheel):
    assert inspected(wheel).warnings == ()


@pytest.mark.parametrize("name", ["METADATA", "WHEEL", "RECORD"])
def test_a_wheel_has_metadata_wheel_and_record(name):
    assert refusal(a_wheel(without=[name])) == f"The wheel has no {FOLDER}/{name}."


def test_everything_that_a_wheel_lacks_is_told_at_once():
    assert refusal(a_wheel(without=["METADATA", "WHEEL", "RECORD"])) == (
        f"The wheel has no {FOLDER}/METADATA. "
        f"The wheel has no {FOLDER}/WHEEL. "
        f"The wheel has no {FOLDER}/RECORD."
    )


@pytest.mark.parametrize(
    "other",
    ["Toasting-1.0.dist-info", "toasting-1.0.0.dist-info", "toasting-1.1.dist-info",
     "butter-1.0.dist-info", ".dist-info"],
)  # fmt: skip
def test_a_wheel_has_the_one_dist_info_folder_of_its_name(other):
    wheel = a_wheel(files={f"{other}/LICENSE": b"Free.\n"})

    assert refusal(wheel) == (
        f"The wheel has the folder '{other}/'; by its file name it is '{FOLDER}/' alone."
    )


def test_the_folder_follows_the_spelling_of_the_file_name():
    wheel = a_wheel(filename="toasting-1.0.0-py3-none-any.whl")

    assert refusal(wheel) == (
        f"The wheel has the folder '{FOLDER}/'; "
        "by its file name it is 'toasting-1.0.0.dist-info/' alone."
    )


@pytest.mark.parametrize("limit", ["metadata_bytes", "record_bytes", "entry_points_bytes"])
def test_a_file_that_is_read_whole_has_a_limit(limit):
    wheel = a_wheel(files={f"{FOLDER}/entry_points.txt": b"[console_scripts]\n"})

    assert refusal(wheel, limits=Limits(**{limit: 5})).endswith(" is larger than 5 bytes.")


def test_a_wheel_that_is_something_else_is_refused():
    wheel, sdist = a_wheel(), an_sdist()
    posing = Archive(
        filename=wheel.filename,
        content=sdist.content,
        name=wheel.name,
        version=wheel.version,
        filetype=wheel.filetype,
        python_version="py3",
    )

    assert refusal(posing) == (
        "The zip archive is not accepted: it has no end; it is not a zip, or it is cut off."
    )


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("archive", [a_wheel(), an_sdist()], ids=["wheel", "sdist"])
def test_an_empty_file_is_refused(archive, policy):
    empty = Archive(
        filename=archive.filename,
        content=b"",
        name=archive.name,
        version=archive.version,
        filetype=archive.filetype,
        python_version="",
    )

    assert refusal(empty, policy=policy) == "The file is empty."
