"""File names: each file has the one name that its project, version and tags give it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.upload import filenames, form, platforms
from index.upload.filenames import Filename
from index.upload.policy import Policy
from storage.problems import Invalid
from tests.kit.makers import a_wheel, an_sdist

WHEEL = form.parse(a_wheel("Toast.Ing", "1.0").fields(), policy=Policy.PUBLIC)
SDIST = form.parse(an_sdist("Toast.Ing", "1.0").fields(), policy=Policy.PUBLIC)
ANY = "toast_ing-1.0-py3-none-any.whl"


def refused(filename: str, said: form.Form = WHEEL, policy: Policy = Policy.PRIVATE) -> str:
    with pytest.raises(Invalid) as caught:
        filenames.parse(filename, said, policy=policy)
    return caught.value.message


@pytest.mark.parametrize(
    ("filename", "stem", "python_version"),
    [
        (ANY, "toast_ing-1.0", "py3"),
        ("toast_ing-1.0-py2.py3-none-any.whl", "toast_ing-1.0", "py2.py3"),
        ("toast_ing-1.0-1-py3-none-any.whl", "toast_ing-1.0", "py3"),
        ("toast_ing-1.0-1a.b_2-py3-none-any.whl", "toast_ing-1.0", "py3"),
        ("toast_ing-1.0.0-py3-none-any.whl", "toast_ing-1.0.0", "py3"),
        ("toast_ing-1-py3-none-any.whl", "toast_ing-1", "py3"),
        (
            "toast_ing-1.0-cp313-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
            "toast_ing-1.0",
            "cp313",
        ),
    ],
)
def test_the_name_of_a_wheel_of_this_release_is_understood(filename, stem, python_version):
    assert filenames.parse(filename, WHEEL, policy=Policy.PUBLIC) == Filename(
        text=filename, stem=stem, python_version=python_version
    )


def test_the_name_of_the_sdist_of_this_release_is_understood():
    assert filenames.parse("toast_ing-1.0.tar.gz", SDIST, policy=Policy.PUBLIC) == Filename(
        text="toast_ing-1.0.tar.gz", stem="toast_ing-1.0", python_version="source"
    )


@pytest.mark.parametrize(
    ("filename", "expected"),
    [
        ("Toast.Ing-1.0-py3-none-any.whl", ANY),
        ("Toast_Ing-1.0-py3-none-any.whl", ANY),
        ("toast.ing-1.0-py3-none-any.whl", ANY),
        ("toast__ing-1.0-py3-none-any.whl", ANY),
        ("toast-ing-1.0-py3-none-any.whl", ANY),
        ("toast_ing-1.1-py3-none-any.whl", ANY),
        ("toast_ing-one-py3-none-any.whl", ANY),
        ("toast_ing-1.0+a-py3-none-any.whl", ANY),
        ("toast_ing-１.0-py3-none-any.whl", ANY),
        (f"toast_ing-{'9' * 200}-py3-none-any.whl", ANY),
        ("toast_ing-1.0-x1-py3-none-any.whl", ANY),
        ("toast_ing-1.0-1+-py3-none-any.whl", ANY),
        ("toast_ing-1.0--py3-none-any.whl", ANY),
        ("toast_ing-1.0-2-PY3-none-any.whl", "toast_ing-1.0-2-py3-none-any.whl"),
        ("toast_ing-1.0-cp39-cp39-Win_AMD64.whl", "toast_ing-1.0-cp39-cp39-win_amd64.whl"),
        ("toast_ing-1.0-py3..py2-none-any.whl", ANY),
        ("toast_ing-1.0-py3-none-.whl", ANY),
        ("toast_ing-1.0-py3-none any.whl", ANY),
        ("toast_ing-1.0-py3-nöne-any.whl", ANY),
        ("toast_ing-1.0-none-any.whl", ANY),
        ("toast_ing-1.0-1-2-py3-none-any.whl", ANY),
        ("toast_ing-1.0.tar.gz", ANY),
        ("toast_ing-1.0-py3-none-any.WHL", ANY),
        ("toast_ing-1.0-py3-none-any.zip", ANY),
        ("toast_ing.whl", ANY),
        (".whl", ANY),
        ("", ANY),
    ],
)
def test_another_name_of_a_wheel_is_refused_with_the_one_it_should_have(filename, expected):
    assert refused(filename) == (
        f"{filename!r} is not the name of a wheel of this release; it should be {expected!r}."
    )


@pytest.mark.parametrize(
    "filename",
    ["toast_ing-1.0.zip", "toast_ing-1.0.tgz", "toast_ing-1.0.tar.bz2", "toast_ing-1.0.TAR.GZ",
     "toast-ing-1.0.tar.gz", "Toast.Ing-1.0.tar.gz", "toast_ing-1.0.0.tar.gz", "toast_ing-1.tar.gz",
     "toast_ing-1.0-1.tar.gz", "toast_ing-v1.0.tar.gz", "toast_ing-1.1.tar.gz", ANY, "x", ""],
)  # fmt: skip
def test_another_name_of_an_sdist_is_refused_with_the_one_it_should_have(filename):
    assert refused(filename, SDIST) == (
        f"{filename!r} is not the name of an sdist of this release; "
        "it should be 'toast_ing-1.0.tar.gz'."
    )


@pytest.mark.parametrize("control", [chr(code) for code in (*range(32), 127)])
def test_a_name_with_control_characters_is_refused(control):
    assert refused(f"toast{control}.whl") == "The file name has control characters in it."


@pytest.mark.parametrize("filename", ["../x.whl", "a/b.whl", "\\x.whl", "C:\\x.whl", "/etc/passwd"])
def test_a_name_that_is_a_path_is_refused(filename):
    assert refused(filename) == "The file name has a '/' or '\\' in it."


@pytest.mark.parametrize("filename", ["x" * 256, "é" * 128, "toast_ing-" + "1" * 246])
def test_a_name_that_file_systems_cannot_hold_is_refused(filename):
    assert refused(filename) == "The file name is longer than 255 bytes."


KNOWN = """
    any win32 win_amd64 win_arm64 manylinux1_i686 manylinux1_x86_64 manylinux2010_x86_64
    manylinux2014_aarch64 manylinux2014_s390x manylinux_2_17_x86_64 manylinux_2_28_ppc64
    manylinux_2_39_riscv64 musllinux_1_2_x86_64 musllinux_1_1_aarch64 macosx_10_9_x86_64
    macosx_10_15_universal2 macosx_11_0_arm64 macosx_15_0_universal2 macosx_26_0_arm64
    ios_13_0_arm64_iphoneos ios_13_0_x86_64_iphonesimulator android_21_arm64_v8a android_24_x86_64
    pyemscripten_2025_0_wasm32
""".split()  # noqa: SIM905  # A table.

UNKNOWN = """
    solaris_2_11_sparc win_ppc win64 macosx_11_1_arm64 macosx_16_0_arm64 macosx_27_0_arm64
    macosx_9_0_ppc macosx_10_9_vax macosx_11_0 manylinux1_aarch64 manylinux2010_aarch64
    manylinux2011_x86_64 manylinux_2_17 manylinux_2_17_vax manylinux_x86_64 musllinux_1_2_ppc64
    musllinux_1_x86_64 ios_13_0_x86_64_iphoneos ios_13_0_arm64 android_21_mips android_x86_64
    pyemscripten_2025_0_wasm64 emscripten_3_1_wasm32 wasi_0_0_wasm32 linux linux_ any_ none
    anyany win32x
""".split()  # noqa: SIM905  # A table.

PLAIN_LINUX = ["linux_x86_64", "linux_aarch64", "linux_armv7l", "linux_loongarch64"]


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("tag", KNOWN)
def test_a_platform_that_installers_can_check_is_allowed(tag, policy):
    assert platforms.is_known(tag, policy=policy)


@pytest.mark.parametrize("policy", Policy)
@pytest.mark.parametrize("tag", UNKNOWN)
def test_a_platform_that_nobody_knows_is_refused(tag, policy):
    filename = f"toast_ing-1.0-cp313-cp313-win32.{tag}.whl"

    assert refused(filename, policy=policy) == (
        f"The wheel {filename!r} has the platform tag {tag!r}, which is not allowed here."
    )


@pytest.mark.parametrize("tag", PLAIN_LINUX)
def test_plain_linux_is_for_private_indexes(tag):
    filename = f"toast_ing-1.0-cp313-cp313-{tag}.whl"

    assert filenames.parse(filename, WHEEL, policy=Policy.PRIVATE).text == filename
    assert refused(filename, policy=Policy.PUBLIC) == (
        f"The wheel {filename!r} has the platform tag {tag!r}, which is not allowed here."
    )


PIECES = st.sampled_from(
    ["toast_ing", "1.0", "1", "py3", "none", "any", "-", ".", ".whl", ".tar.gz", "\0", "/", "é"]
)


@given(st.lists(PIECES, max_size=12).map("".join) | st.text(), st.sampled_from([WHEEL, SDIST]))
def test_any_name_is_that_of_the_release_or_refused(filename, said):
    try:
        named = filenames.parse(filename, said, policy=Policy.PRIVATE)
    except Invalid:
        return

    assert filename.startswith(f"{named.stem}-" if said is WHEEL else f"{named.stem}.tar.gz")
