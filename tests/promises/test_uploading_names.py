"""Names of projects, versions and files: rows 9 to 16 of UPLOADS.md."""

from dataclasses import replace
from typing import Any

import pytest

from index.upload.policy import Policy
from tests.kit.forms import FORM, a_body, a_part, text_parts
from tests.kit.makers import Archive, a_wheel, an_sdist
from tests.kit.refusing import refusal, refused
from tests.kit.world import Person

pytestmark = pytest.mark.on_sqlite  # Nearly all is over when a name is judged.

TOAST = a_wheel()
REBUILD = "Build the file again with a current build backend."

in_public = pytest.mark.parametrize("settings", [{"policy": Policy.PUBLIC}], ids=["public"])


@pytest.mark.parametrize(
    "name", ["foo-", ".foo", "foo bar", "föö", "foo\n", "-", "../foo", "foo/bar"]
)
def test_row_9_a_name_that_is_none_is_refused(ann: Person, name: str):
    assert refusal(ann, TOAST, name=name) == (
        400,
        f"{name!r} is not a valid project name. "
        "Use ASCII letters, digits, '.', '_' and '-', a letter or digit at both ends.",
    )


def test_row_9_a_long_name_is_refused_before_it_costs_anything(ann: Person):
    assert refusal(ann, TOAST, name="a" * (16 << 20)) == (
        400,
        "The name is longer than 200 characters.",
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("json", "a module of the standard library has it. "),
        ("Tkinter", "a module of the standard library has it. "),
        ("requirements.txt", "it is reserved, because it is what people type by mistake. "),
        ("NUL", "it is reserved, because Windows cannot have a file of that name. "),
    ],
)
def test_row_10_a_reserved_name_is_refused(ann: Person, name: str, said: str):
    status, told = refusal(ann, a_wheel(name))

    normal = name.lower().replace(".", "-")
    assert (status, told.rpartition(". ")[0] + ". ") == (
        400,
        f"The name {normal!r} is not allowed: {said}",
    )


@pytest.mark.parametrize("name", ["t0asting", "toast-ing", "toastlng", "TOASTLNG", "toas.ting"])
def test_row_10_a_confusable_name_is_refused(ann: Person, bob: Person, name: str):
    ann.uploads(TOAST)

    for person in (ann, bob):
        assert refusal(person, a_wheel(name)) == (
            400,
            f"The name {name} is too much like the project toasting. "
            "Choose a name that nobody takes for the other one.",
        )
    assert ann.uploads(a_wheel("roasting")).status_code == 200


def test_row_11_every_spelling_names_the_same_project(ann: Person, bob: Person, anyone: Person):
    first = a_wheel("Foo_Bar", "1.0")
    second = a_wheel("foo.bar", "2.0")
    third = an_sdist("FOO--BAR", "3.0")
    assert [ann.uploads(each).status_code for each in (first, second, third)] == [200] * 3

    listed = anyone.sees("foo-bar")

    assert listed == [first.filename, second.filename, third.filename]
    assert refusal(bob, a_wheel("FOO_bar", "4.0"))[0] == 403


@pytest.mark.parametrize("version", ["one", "1.0-", "1.0\n", "1..0", "v"])
def test_row_12_a_version_that_is_none_is_refused(ann: Person, version: str):
    assert refusal(ann, TOAST, version=version) == (
        400,
        f"{version!r} is not a valid version (PEP 440).",
    )


def test_row_12_a_local_version_is_fine_among_friends(ann: Person, anyone: Person):
    local = a_wheel(version="1.0+toast.1")

    assert ann.uploads(local).status_code == 200
    assert anyone.downloads(local).content == local.content


@in_public
def test_row_12_a_local_version_is_refused_in_public(ann: Person):
    assert refusal(ann, a_wheel(version="1.0+toast.1")) == (
        400,
        "'1.0+toast.1' is a local version, and those are not allowed here.",
    )


@pytest.mark.parametrize("filetype", ["bdist_egg", "bdist_wininst", "wheel", "SDIST"])
def test_row_13_another_filetype_is_refused(ann: Person, filetype: str):
    assert refusal(ann, TOAST, filetype=filetype) == (
        400,
        f"The filetype is sdist or bdist_wheel, not {filetype!r}.",
    )


@pytest.mark.parametrize(
    ("archive", "filetype", "expected"),
    [
        (TOAST, "sdist", "toasting-1.0.tar.gz"),
        (an_sdist(), "bdist_wheel", "toasting-1.0-py3-none-any.whl"),
        (an_sdist(filename="toasting-1.0.zip"), "sdist", "toasting-1.0.tar.gz"),
        (an_sdist(filename="toasting-1.0.tar.bz2"), "sdist", "toasting-1.0.tar.gz"),
        (
            a_wheel(filename="toasting-1.0-py3-none-any.egg"),
            "bdist_wheel",
            "toasting-1.0-py3-none-any.whl",
        ),
    ],
    ids=["wheel as sdist", "sdist as wheel", "zip", "bz2", "egg"],
)
def test_row_13_an_extension_has_to_fit_the_filetype(
    ann: Person, archive: Archive, filetype: str, expected: str
):
    kind = "an sdist" if filetype == "sdist" else "a wheel"

    assert refusal(ann, archive, filetype=filetype) == (
        400,
        f"{archive.filename!r} is not the name of {kind} of this release; "
        f"it should be {expected!r}. {REBUILD}",
    )


@pytest.mark.parametrize(
    ("filename", "said"),
    [
        ("toasting-1.0-py3-none-any\x01.whl", "control characters"),
        ("toasting-1.0-py3-none-any.whl\0", "control characters"),
        ("toasting-1.0-py3-none-any.whl%0A", "control characters"),
        ("../toasting-1.0-py3-none-any.whl", "a '/' or"),
        ("toasting-1.0/py3-none-any.whl", "a '/' or"),
        ("toasting-1.0\\py3-none-any.whl", "a '\\'"),
        ("C:\\toasting-1.0-py3-none-any.whl", "a '\\'"),
        ("\\\\toast\\toasting-1.0-py3-none-any.whl", "a '\\'"),
        ("toasting-1.0-" + "py3." * 63 + "py3-none-any.whl", "is longer than 255 bytes"),
    ],
)
def test_row_14_a_file_name_that_could_be_a_path_is_refused(ann: Person, filename: str, said: str):
    file = a_part("content", TOAST.content, filename=filename)

    status, told = refused(ann, a_body(*text_parts(TOAST), file))

    assert (status, said in told, told.startswith("The file name ")) == (400, True, True)


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("Toasting-1.0.tar.gz", None),
        ("toasting-1.0.0.tar.gz", None),
        ("toasting-1.1.tar.gz", None),
        ("toasting-1.0-1.tar.gz", None),
        ("toasting_1.0.tar.gz", None),
        ("Toasting-1.0-py3-none-any.whl", "toasting-1.0-py3-none-any.whl"),
        ("toast.ing-1.0-py3-none-any.whl", "toasting-1.0-py3-none-any.whl"),
        ("toasting-1.1-py3-none-any.whl", "toasting-1.0-py3-none-any.whl"),
        ("toasting-1.0-py3-none-any-extra-part.whl", "toasting-1.0-py3-none-any.whl"),
        ("toasting-py3-none-any.whl", "toasting-1.0-py3-none-any.whl"),
        ("toasting-1.0-a1-py3-none-any.whl", "toasting-1.0-py3-none-any.whl"),
        ("toasting-1.0--py3-none-any.whl", "toasting-1.0-py3-none-any.whl"),
    ],
)
def test_row_15_a_file_is_told_the_name_it_should_have(
    ann: Person, filename: str, expected: str | None
):
    archive = replace(TOAST if expected else an_sdist(), filename=filename)

    kind = "a wheel" if expected else "an sdist"
    assert refusal(ann, archive) == (
        400,
        f"{filename!r} is not the name of {kind} of this release; "
        f"it should be {expected or 'toasting-1.0.tar.gz'!r}. {REBUILD}",
    )


@pytest.mark.parametrize(
    ("settings", "tag"),
    [({}, "toaster"), ({}, "Linux_x86_64"), ({"policy": Policy.PUBLIC}, "linux_x86_64")],
)
def test_row_16_a_platform_that_nobody_has_is_refused(ann: Person, tag: str):
    status, told = refusal(ann, a_wheel(tag=f"py3-none-{tag}"))

    assert (status, tag in told) == (400, True)


@pytest.mark.parametrize("tag", ["linux_x86_64", "manylinux_2_28_x86_64", "win_amd64"])
def test_row_16_a_platform_of_ones_own_is_fine_among_friends(ann: Person, tag: str):
    assert ann.uploads(a_wheel(tag=f"cp311-cp311-{tag}")).status_code == 200


def test_the_name_may_come_after_the_file(ann: Person, anyone: Person):
    file = a_part("content", TOAST.content, filename=TOAST.filename)
    body = a_body(file, *text_parts(TOAST))

    assert ann.asks("POST", "/legacy/", headers=FORM, content=body).status_code == 200
    assert anyone.sees("toasting") == [TOAST.filename]


@pytest.mark.parametrize("lie", [{"name": "json"}, {"version": "one"}, {"filetype": "egg"}])
def test_what_is_wrong_is_refused_also_when_it_comes_after_the_file(
    ann: Person, lie: dict[str, Any]
):
    file = a_part("content", TOAST.content, filename=TOAST.filename)

    assert refused(ann, a_body(file, *text_parts(TOAST, **lie)))[0] == 400
