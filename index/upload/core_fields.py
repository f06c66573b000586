"""Core metadata as it is written: the fields, read in the one way that all readers agree on."""

import re
from collections.abc import Mapping
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from typing import Any, cast

from packaging.metadata import RawMetadata, parse_email

from index.upload.form import ABSENT
from index.upload.policy import Limits
from storage.problems import Invalid

VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6")
"""The versions of core metadata there are; 2.0 never was one."""

LONGEST_CHARACTERS: Mapping[str, int] = {
    "author_email": 10_000,
    "description_content_type": 200,
    "license_expression": 4_000,
    "maintainer_email": 10_000,
    "obsoletes_dist": 4_000,
    "provides_dist": 4_000,
    "requires_dist": 4_000,
    "requires_python": 1_000,
    "summary": 512,
}
"""The longest that one value may be, where readers take their time or have no room."""

_REQUIRED = frozenset(["metadata_version", "name", "version"])
_MAY_SAY_NOTHING = frozenset(
    ["classifiers", "keywords", "license_files", "platforms", "supported_platforms"]
)
_LONG = ("description", "license", "keywords")
_PLAIN_ENCODINGS = ("", "7bit", "8bit", "binary")
_PARTED = ("message", "multipart")
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_BARE_RETURN = re.compile(rb"\r(?!\n)")
_KNOWN = frozenset(RawMetadata.__annotations__)


def read(content: bytes, complaints: list[str], *, limits: Limits) -> RawMetadata:
    """The fields of METADATA or PKG-INFO, those that say nothing left out.

    Complains of fields that are there twice or are not UTF-8. Raises Invalid if there are more
    than the limits allow, or if the text could be read in two ways. Unknown fields and, before
    2.4, License-File are ignored (UPLOADS.md 7, 33).
    """
    headers = BytesParser(policy=compat32).parsebytes(content, headersonly=True)
    _check_amount(headers, limits)
    _check_readings(content, headers)
    raw, unparsed = parse_email(content)
    for field in sorted(unparsed):
        if _known(field):
            complaints.append(f"{title(field)} is there more than once, or is not UTF-8.")
    said = {key: value for key, value in raw.items() if _says_something(key, value)}
    for key in sorted(LONGEST_CHARACTERS.keys() & said.keys()):
        if _longest(said[key]) > LONGEST_CHARACTERS[key]:
            complaints.append(
                f"{title(key)} is longer than {LONGEST_CHARACTERS[key]:,} characters."
            )
            del said[key]
    if at_least(said, "2.4") is False:
        said.pop("license_files", None)
    if "description" in headers and isinstance(said.get("description"), str):
        said["description"] = _unfolded(cast("str", said["description"]))
    return cast("RawMetadata", said)


def at_least(said: Mapping[str, Any], version: str) -> bool | None:
    """Whether the metadata is of *version* or newer; None if it does not tell."""
    if (own := said.get("metadata_version")) not in VERSIONS:
        return None
    return VERSIONS.index(own) >= VERSIONS.index(version)


def title(field: str) -> str:
    """`requires_python` and `requires-python` as people write it: `Requires-Python`."""
    return "-".join(part.capitalize() for part in field.replace("_", "-").split("-"))


def _check_amount(headers: Message, limits: Limits) -> None:
    if len(headers) > limits.metadata_fields:
        raise Invalid(f"The metadata has more than {limits.metadata_fields:,} fields.")
    fields = {name.lower() for name in headers}
    if len(fields) > limits.metadata_field_names:
        raise Invalid(f"The metadata has more than {limits.metadata_field_names} different fields.")
    pairs = headers.raw_items()
    if sum(len(v) for name, v in pairs if name.lower() not in _LONG) > limits.metadata_short_bytes:
        raise Invalid(
            f"The metadata has more than {limits.metadata_short_bytes:,} bytes besides the "
            "description and the licence."
        )


def _check_readings(content: bytes, headers: Message) -> None:
    """Readers of letters and readers of metadata differ in these; nothing that builds needs them.

    A line that is no header ends the headers for some; a lone carriage return ends a line for
    some; some decode or split the description as MIME says.
    """
    if headers.defects or _BARE_RETURN.search(_BLANK_LINE.split(content, 1)[0]):
        raise Invalid(
            "The metadata has a line that is neither a field nor the rest of one.",
            hint="Indent the lines of a field that has several.",
        )
    encoding = str(headers.get("content-transfer-encoding", "")).strip().lower()
    if encoding not in _PLAIN_ENCODINGS or headers.get_content_maintype() in _PARTED:
        raise Invalid(
            "The metadata is encoded as a letter.",
            hint="Leave out Content-Type and Content-Transfer-Encoding.",
        )


def _known(field: str) -> bool:
    key = field.replace("-", "_")
    return bool({key, f"{key}s"} & _KNOWN)


def _says_something(key: str, value: object) -> bool:
    if isinstance(value, str) and key not in _REQUIRED:
        return value.strip() not in ("", ABSENT)
    return key not in _MAY_SAY_NOTHING or value not in ([""], [ABSENT])


def _longest(value: object) -> int:
    return max(map(len, [value] if isinstance(value, str) else cast("list[str]", value)))


def _unfolded(description: str) -> str:
    """The description from a header, without what its lines begin with to be one header."""
    first, *rest = description.split("\n")
    return "\n".join(
        [first, *(line.removeprefix("       |").removeprefix(" " * 8) for line in rest)]
    )
