"""Core metadata: checked as a whole, compared with the form, told as JSON."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from packaging.metadata import RawMetadata
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from index.upload import core_fields, descriptions
from index.upload.complaints import quoted, refuse_if_any
from index.upload.form import Form
from index.upload.metadata_rules import PUBLIC_RULES, RULES
from index.upload.opened import Opened
from index.upload.policy import Limits, Policy


def check(opened: Opened, form: Form, *, policy: Policy, limits: Limits) -> RawMetadata:
    """The metadata in the archive, or Invalid with every complaint at once.

    UPLOADS.md 29-31 and 33, STANDARDS.md U11 and U15.
    """
    complaints: list[str] = []
    raw = core_fields.read(opened.metadata, complaints, limits=limits)
    for rule in RULES if policy is Policy.PRIVATE else RULES + PUBLIC_RULES:
        complaints += rule(raw)
    complaints += _is_of_the_form(raw, form)
    complaints += _has_its_licenses(raw, opened)
    complaints += descriptions.check(
        raw.get("description", ""),
        raw.get("description_content_type"),
        policy=policy,
        limits=limits,
    )
    refuse_if_any(complaints, hint="Mend the metadata of the project and build it again.")
    return raw


def warnings(raw: RawMetadata, form: Form) -> Iterator[str]:
    """What the form says differently where installers would notice (ATTACKS.md 20).

    Not a reason to refuse: some clients send nothing, or something simpler.
    """
    if form.requires_dist and _requirements(form.requires_dist) != _requirements(
        raw.get("requires_dist", ())
    ):
        yield "The form has other dependencies than the file; those of the file count."
    if form.requires_python and _specifiers(form.requires_python) != _specifiers(
        raw.get("requires_python", "")
    ):
        yield "The form has another requires_python than the file; that of the file counts."


def requires_python(raw: RawMetadata) -> str | None:
    """Requires-Python on one line, as it is; None if there is none."""
    return " ".join(raw.get("requires_python", "").split()) or None


def is_final(raw: RawMetadata) -> bool:
    """Whether building an sdist with this PKG-INFO gives the same metadata (PEP 643)."""
    return bool(core_fields.at_least(raw, "2.2")) and not raw.get("dynamic")


def as_json(raw: RawMetadata) -> dict[str, Any]:
    """*raw* by its own keys, those of `packaging.metadata.RawMetadata`: plain JSON, no NULs."""
    return {key: _without_nul(cast("Any", value)) for key, value in raw.items()}


def _is_of_the_form(raw: RawMetadata, form: Form) -> Iterator[str]:
    name, version = raw.get("name", ""), raw.get("version", "")
    if canonicalize_name(name) != form.project:
        yield f"The file is of the project {quoted(name)}, not {quoted(form.spelled)}."
    if _version(version) != Version(form.version):
        yield f"The file is of version {quoted(version)}, not {quoted(form.version)}."


def _has_its_licenses(raw: RawMetadata, opened: Opened) -> Iterator[str]:
    for path in raw.get("license_files", ()):
        if opened.licenses + path not in opened.files:
            yield f"License-File: {quoted(opened.licenses + path)} is not in the file."


def _version(text: str) -> Version | None:
    try:
        return Version(text)
    except ValueError:
        return None


def _requirements(texts: Iterable[str]) -> set[Requirement | str]:
    return {_requirement(text) for text in texts}


def _requirement(text: str) -> Requirement | str:
    try:
        return Requirement(text)
    except (ValueError, RecursionError):
        return text


def _specifiers(text: str) -> str:
    try:
        return str(SpecifierSet(text))
    except ValueError:
        return text


def _without_nul(value: str | list[str] | dict[str, str]) -> str | list[str] | dict[str, str]:
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [each.replace("\0", "") for each in value]
    return {key.replace("\0", ""): each.replace("\0", "") for key, each in value.items()}
