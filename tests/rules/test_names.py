"""Names of projects: what is one, what nobody may take, what looks like another."""

import re
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.utils import canonicalize_name

from index.upload import names
from storage.problems import Invalid


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("toasting", "toasting"),
        ("Toast_Ing", "toast-ing"),
        ("toast.ing", "toast-ing"),
        ("toast-_.ing", "toast-ing"),
        ("a", "a"),
        ("7", "7"),
        ("A1", "a1"),
    ],
)
def test_one_project_has_one_name_however_it_is_spelled(text, name):
    assert names.parse_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "foo-", "-foo", ".foo", "foo.", "_foo", "foo_", "foo bar", " foo", "foo ", "föö", "foo\n",
     "foo\r\n", "foo\0", "foo/bar", "..", "\u212a", "ſ", "１", "foo+bar", "foo\u200b", "'foo'"],
)  # fmt: skip
def test_what_is_no_name_is_refused(text):
    with pytest.raises(Invalid) as caught:
        names.parse_name(text)

    assert caught.value.message == f"{text!r} is not a valid project name."


@given(st.text(st.characters(max_codepoint=0x17F) | st.sampled_from("abAB09.-_")))
def test_a_name_is_ascii_letters_digits_and_separators_between_them(text):
    valid = re.fullmatch(r"[a-zA-Z0-9]([a-zA-Z0-9._-]*[a-zA-Z0-9])?", text)

    try:
        name = names.parse_name(text)
    except Invalid:
        assert not valid
    else:
        assert valid
        assert name == canonicalize_name(text)


@pytest.mark.parametrize("module", sorted(sys.stdlib_module_names))
def test_nobody_takes_the_name_of_a_module_of_python(module):
    name = canonicalize_name(module.strip("_"))

    with pytest.raises(Invalid, match="a module of the standard library has it"):
        names.check_new_name(name)


@pytest.mark.parametrize("module", ["distutils", "asyncore", "imp", "annotationlib", "tomllib"])
def test_nor_that_of_a_module_of_another_python(module):
    with pytest.raises(Invalid, match="a module of the standard library has it"):
        names.check_new_name(canonicalize_name(module))


@pytest.mark.parametrize(
    "name",
    ["requirements.txt", "Requirements-TXT", "requirements_txt", "requirementstxt",
     "requirements..txt", "requ1rements.txt", "rrequirements.txt", "r-requirements.txt",
     "requirement.txt", "constraints.txt", "pyproject.toml", "setup.py"],
)  # fmt: skip
def test_nobody_takes_what_people_type_by_mistake(name):
    with pytest.raises(Invalid, match="it is what people type by mistake"):
        names.check_new_name(canonicalize_name(name))


@pytest.mark.parametrize("name", ["con", "NUL", "aux", "prn", "com1", "lpt9"])
def test_nobody_takes_the_name_of_a_device(name):
    with pytest.raises(Invalid, match="Windows cannot have"):
        names.check_new_name(canonicalize_name(name))


@pytest.mark.parametrize(
    "name", ["toasting", "requirements", "json5", "os-toast", "typing-toast", "com10", "context"]
)
def test_other_names_are_free(name):
    names.check_new_name(canonicalize_name(name))


@pytest.mark.parametrize(
    "other",
    ["t0asting", "toast-ing", "toast.ing", "toast_ing", "toastlng", "toast1ng", "TOASTING",
     "t-0-a-s-t-1-n-g", "T0ASTLNG"],
)  # fmt: skip
def test_what_looks_like_a_name_has_its_skeleton(other):
    ours, theirs = canonicalize_name("toasting"), canonicalize_name(other)

    assert names.skeleton(theirs) == names.skeleton(ours)


@pytest.mark.parametrize("other", ["toastings", "toastin", "roasting", "toasting2", "ttoasting"])
def test_what_does_not_look_like_a_name_has_another(other):
    ours, theirs = canonicalize_name("toasting"), canonicalize_name(other)

    assert names.skeleton(theirs) != names.skeleton(ours)
