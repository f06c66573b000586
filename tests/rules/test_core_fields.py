"""The fields of core metadata: read where all readers agree, refused where they do not."""

import pytest

from index.upload.policy import KIB, Limits
from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import a_wheel


def with_fields(*lines: str, version: str = "2.4", **kwargs):
    """The usual wheel with these lines in its METADATA."""
    return a_wheel(metadata_version=version, metadata_extra=lines, **kwargs)


READINGS = {
    "a line that is no header": "Summary\nRequires-Dist: butter",
    "a lone carriage return": "Author: Ann\rRequires-Dist: butter",
}


@pytest.mark.parametrize("line", READINGS.values(), ids=READINGS.keys())
def test_metadata_that_readers_split_differently_is_refused(line):
    assert refusal(with_fields(line)) == (
        "The metadata has a line that is neither a field nor the rest of one."
    )


@pytest.mark.parametrize(
    "line",
    ["Content-Type: multipart/mixed; boundary=x", "Content-Type: message/rfc822",
     "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: quoted-printable"],
)  # fmt: skip
def test_metadata_that_is_encoded_as_a_letter_is_refused(line):
    assert refusal(with_fields(line, description="VG9hc3Q=")) == (
        "The metadata is encoded as a letter."
    )


def test_a_field_that_is_not_utf8_is_refused():
    metadata = b"Metadata-Version: 2.4\nName: toasting\nVersion: 1.0\nAuthor: \xe4\n\n\xe4"

    assert refusal(a_wheel(metadata=metadata)) == (
        "Author is there more than once, or is not UTF-8. "
        "Description is there more than once, or is not UTF-8."
    )


@pytest.mark.parametrize("mark", [" " * 8, " " * 7 + "|"])
def test_a_description_in_a_header_loses_its_indentation(mark):
    line = f"Description: Toast\n{mark}\n{mark}  Even."

    assert inspected(with_fields(line, version="1.2")).metadata["description"] == (
        "Toast\n\n  Even."
    )


def test_a_description_in_the_body_keeps_its_indentation():
    text = "Toast\n        Even.\n"

    assert inspected(with_fields(description=text)).metadata["description"] == text


def test_a_description_of_unknown_is_none():
    assert "description" not in inspected(with_fields("Description: UNKNOWN")).metadata


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        (Limits(metadata_fields=3), "The metadata has more than 3 fields."),
        (Limits(metadata_field_names=3), "The metadata has more than 3 different fields."),
        (
            Limits(metadata_short_bytes=KIB),
            "The metadata has more than 1,024 bytes besides the description and the licence.",
        ),
    ],
)
def test_more_than_the_limits_is_refused(limits, message):
    wheel = with_fields("Author: " + "x" * KIB, "License: " + "y" * KIB)

    assert inspected(wheel, limits=Limits(metadata_fields=6, metadata_field_names=6)).metadata
    assert refusal(wheel, limits=limits) == message


def test_the_licence_and_the_description_may_be_long():
    wheel = with_fields("License: " + "y" * 2 * KIB, "Keywords: " + "z" * 2 * KIB)

    assert inspected(wheel, limits=Limits(metadata_short_bytes=KIB)).metadata
