"""Digests in the form of an upload: at least one, well formed, and that of the file."""

import base64

import pytest

from index.upload import form
from index.upload.form import Form
from index.upload.policy import Policy
from storage.problems import Invalid
from storage.records import Blob, Digest
from tests.kit.makers import a_wheel

WHEEL = a_wheel()


def parsed(fields) -> Form:
    return form.parse(fields, policy=Policy.PRIVATE)


def refused(**lies) -> str:
    with pytest.raises(Invalid) as caught:
        parsed(WHEEL.fields(**lies))
    return caught.value.message


DIGESTS = ("md5_digest", "sha256_digest", "blake2_256_digest")


@pytest.mark.parametrize("kept", DIGESTS)
def test_one_digest_is_enough(kept):
    said = parsed(WHEEL.fields(**dict.fromkeys(set(DIGESTS) - {kept})))

    assert list(said.digests) == [kept.removesuffix("_digest")]


@pytest.mark.parametrize("key", DIGESTS)
@pytest.mark.parametrize("text", ["x", "0" * 31, "0" * 65, "g" * 64, "0x" + "0" * 62, "é" * 64])
def test_a_malformed_digest_is_refused(key, text):
    length = 32 if key == "md5_digest" else 64

    assert refused(**{key: text}) == f"The {key} is not {length} hex digits."


def test_digests_are_compared_in_lower_case():
    said = parsed(WHEEL.fields(sha256_digest=WHEEL.sha256.upper()))

    assert said.digests["sha256"] == WHEEL.sha256


@pytest.mark.parametrize("padding", ["", "=="])
def test_an_md5_may_be_urlsafe_base64_as_it_was_once_documented(padding):
    digest = b"\xff\xfe" * 8
    text = base64.urlsafe_b64encode(digest).decode().rstrip("=") + padding

    assert parsed(WHEEL.fields(md5_digest=text)).digests["md5"] == digest.hex()


def test_a_digest_that_is_given_twice_has_to_be_one():
    assert refused(sha256_digest=["0" * 64, "1" * 64]) == (
        "The form has two different values for sha256_digest."
    )
    assert parsed(WHEEL.fields(sha256_digest=["a" * 64, "A" * 64])).digests["sha256"] == "a" * 64


@pytest.mark.parametrize("wrong", DIGESTS)
def test_each_digest_has_to_be_that_of_the_file(wrong):
    lie = "0" * (32 if wrong == "md5_digest" else 64)
    right, false = parsed(WHEEL.fields()), parsed(WHEEL.fields(**{wrong: lie}))
    blob = Blob(
        sha256=Digest(right.digests["sha256"]),
        md5=right.digests["md5"],
        blake2b_256=right.digests["blake2_256"],
        size_bytes=len(WHEEL.content),
    )

    form.check_digests(right, blob)
    with pytest.raises(Invalid) as caught:
        form.check_digests(false, blob)

    algorithm = wrong.removesuffix("_digest")
    assert caught.value.message == (
        f"The {algorithm} digest of the file is {right.digests[algorithm]}, "
        f"not {lie} as the form says."
    )
