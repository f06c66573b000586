"""The form of an upload: every client's is understood, every fault in one is told at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.upload import form
from index.upload.form import Form
from index.upload.policy import Policy
from storage.problems import Gone, Invalid, Problem
from tests.kit.makers import a_wheel, an_sdist

WHEEL = a_wheel()


def parsed(fields, policy: Policy = Policy.PRIVATE) -> Form:
    return form.parse(fields, policy=policy)


def refused(policy: Policy = Policy.PRIVATE, **lies) -> str:
    with pytest.raises(Invalid) as caught:
        parsed(WHEEL.fields(**lies), policy)
    return caught.value.message


def test_the_form_of_a_client_is_understood():
    said = parsed(
        WHEEL.fields(
            name="Toast.Ing",
            version="1.0.0-RC1",
            comment="Crisp.",
            attestations="[]",
            requires_dist=["butter", "jam>=2"],
            requires_python=">=3.8",
        )
    )

    assert said == Form(
        project="toast-ing",
        spelled="Toast.Ing",
        version="1.0.0rc1",
        filetype="bdist_wheel",
        python_version="py3",
        comment="Crisp.",
        digests={"md5": said.digests["md5"], "sha256": WHEEL.sha256,
                 "blake2_256": said.digests["blake2_256"]},
        attestations=True,
        requires_dist=("butter", "jam>=2"),
        requires_python=">=3.8",
    )  # fmt: skip


@pytest.mark.parametrize("said", ["source", "py3", None])
def test_the_python_version_of_an_sdist_is_source_whatever_the_client_says(said):
    assert parsed(an_sdist().fields(pyversion=said)).python_version == "source"


@pytest.mark.parametrize("action", ["submit", "submit_pkg_info", "doc_upload"])
def test_the_actions_of_the_past_are_gone(action):
    with pytest.raises(Gone) as caught:
        parsed([(":action", action)])

    assert "any more" in caught.value.message
    assert "was ever registered" not in caught.value.message  # poetry would announce the project.


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (None, "The request does not say what to do: it has no :action."),
        ("", "The request does not say what to do: it has no :action."),
        ("upload", "The :action of an upload is file_upload, not 'upload'."),
        ("FILE_UPLOAD", "The :action of an upload is file_upload, not 'FILE_UPLOAD'."),
        (["file_upload", "x"], "The :action of an upload is file_upload, not 'file_upload, x'."),
    ],
)
def test_another_action_is_refused(action, message):
    assert refused(action=action) == message


@pytest.mark.parametrize("version", ["2", "0", "1.0", "one", " 1", ["1", "2"]])
def test_another_protocol_version_is_refused(version):
    assert refused(protocol_version=version) == "Unknown protocol version."


@pytest.mark.parametrize("version", [None, "", "UNKNOWN", "1", ["1", "1"]])
def test_no_protocol_version_is_version_1(version):
    assert parsed(WHEEL.fields(protocol_version=version)).project == "toasting"


@pytest.mark.parametrize("nothing", ["", " ", "UNKNOWN", " UNKNOWN\n", "\0", "UNK\0NOWN"])
def test_a_field_that_says_nothing_is_absent(nothing):
    said = parsed(WHEEL.fields(comment=nothing, requires_python=nothing, attestations=nothing))

    assert (said.comment, said.requires_python, said.attestations) == ("", None, False)
    assert refused(name=nothing) == "The form has no name."
    assert refused(md5_digest=None, sha256_digest=nothing, blake2_256_digest=None).startswith(
        "The form has no digest"
    )


def test_nul_is_dropped():
    said = parsed([*WHEEL.fields(name="toast\0ing"), ("com\0ment", "Cri\0sp.")])

    assert (said.project, said.comment) == ("toasting", "Crisp.")


@pytest.mark.parametrize(
    "version",
    ["", "one", "1.0-", "1..0", "1.0 ", " 1.0", "1.0\n", "1.0+", "1.0+a_", "v", "1.0.dev-x",
     "１.0", "9" * 199 + "-"],
)  # fmt: skip
def test_a_version_that_is_none_is_refused(version):
    shown = f"{version[:80]}…" if len(version) > 80 else version

    assert refused(version=version) == (
        f"{shown!r} is not a valid version (PEP 440)." if version else "The form has no version."
    )


@pytest.mark.parametrize(
    ("lie", "complaint"),
    [
        ({"name": "a" * 201}, "The name is longer than 200 characters."),
        ({"version": "1" * 201}, "The version is longer than 200 characters."),
        ({"version": "1" * 5000}, "The version is longer than 200 characters."),
        ({"comment": "a" * 10_001}, "The comment is longer than 10,000 characters."),
    ],
)
def test_a_value_that_is_too_long_to_be_meant_is_refused(lie, complaint):
    assert refused(**lie) == complaint


@pytest.mark.parametrize(
    ("version", "normal"), [("1.0-1", "1.0.post1"), ("v1.0", "1.0"), ("1!2.0.DEV", "1!2.0.dev0")]
)
def test_a_version_is_kept_in_its_normal_form(version, normal):
    assert parsed(WHEEL.fields(version=version)).version == normal


def test_a_local_version_is_for_private_indexes():
    assert parsed(WHEEL.fields(version="1.0+Local-1")).version == "1.0+local.1"
    assert refused(Policy.PUBLIC, version="1.0+Local-1") == (
        "'1.0+Local-1' is a local version, and those are not allowed here."
    )


@pytest.mark.parametrize("filetype", ["bdist_egg", "SDIST", "wheel", "bdist_wininst", "sdist "])
def test_another_filetype_is_refused(filetype):
    assert refused(filetype=filetype) == (
        f"The filetype is sdist or bdist_wheel, not {filetype!r}."
    )


def test_every_fault_is_told_at_once():
    message = refused(
        name=["foo-", "bar"], version="one", filetype="egg", md5_digest="x", sha256_digest="y"
    )

    assert message == (
        "The form has two different values for name. "
        "'foo-' is not a valid project name. Use ASCII letters, digits, '.', '_' and '-', "
        "a letter or digit at both ends. "
        "'one' is not a valid version (PEP 440). "
        "The filetype is sdist or bdist_wheel, not 'egg'. "
        "The md5_digest is not 32 hex digits. "
        "The sha256_digest is not 64 hex digits."
    )


KEYS = st.sampled_from([key for key, _ in WHEEL.fields()]) | st.text(max_size=5)
VALUES = st.sampled_from([value for _, value in WHEEL.fields()]) | st.text(max_size=40)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=15), st.sampled_from(Policy))
def test_any_fields_are_a_form_or_a_problem(fields, policy):
    try:
        said = form.parse([*fields, (":action", "file_upload")], policy=policy)
    except Problem:
        return

    assert said.digests
