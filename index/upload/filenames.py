"""File names: each file has the one name that its project, version and tags give it."""

import re
from dataclasses import dataclass

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version

from index.upload import platforms
from index.upload.form import Form
from index.upload.policy import Policy
from storage.problems import Invalid

NAME_BYTES = 255
"""What the file systems of mirrors and installers can hold."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_BUILD = re.compile(r"[0-9][A-Za-z0-9_.]*")
_TAG = re.compile(r"[a-z0-9_.]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filename:
    """The name of a file that fits its form."""

    text: str
    stem: str
    """Name and version as this file spells them: the folders inside are named after it."""
    python_version: str
    """The Python tags of a wheel, `source` for an sdist."""


def parse(filename: str, form: Form, *, policy: Policy) -> Filename:
    """What *filename* says, or Invalid with the name it should have (UPLOADS.md 13-16)."""
    _check_characters(filename)
    if form.filetype == "sdist":
        return _sdist(filename, form)
    return _wheel(filename, form, policy)


def _check_characters(filename: str) -> None:
    if _CONTROL.search(filename):
        raise Invalid("The file name has control characters in it.", hint="Take them out.")
    if "/" in filename or "\\" in filename:
        raise Invalid("The file name has a '/' or '\\' in it.", hint="Send the name alone.")
    if len(filename.encode(errors="replace")) > NAME_BYTES:
        raise Invalid(f"The file name is longer than {NAME_BYTES} bytes.", hint="Shorten it.")


def _sdist(filename: str, form: Form) -> Filename:
    """PEP 625: the name is `{name}-{version}.tar.gz`, both normalized."""
    stem = f"{_escaped(form)}-{form.version}"
    if filename != f"{stem}.tar.gz":
        raise _misnamed(filename, "an sdist", f"{stem}.tar.gz")
    return Filename(text=filename, stem=stem, python_version="source")


def _wheel(filename: str, form: Form, policy: Policy) -> Filename:
    """PEP 427: the name is `{name}-{version}(-{build})?-{python}-{abi}-{platform}.whl`."""
    parts = filename.removesuffix(".whl").split("-")
    if not filename.endswith(".whl") or len(parts) not in (5, 6):
        raise _misnamed(filename, "a wheel", f"{_escaped(form)}-{form.version}-py3-none-any.whl")
    name, version, *build, python, abi, platform = parts
    tags = [python.lower(), abi.lower(), platform.lower()]
    if not all(map(_TAG.fullmatch, tags)):
        tags = ["py3", "none", "any"]
    same_version = _same_version(version, form.version)
    kept = [each for each in build if same_version and _BUILD.fullmatch(each)]
    expected = "-".join([_escaped(form), form.version, *kept, *tags]) + ".whl"
    if (
        name != _escaped(form)
        or not same_version
        or build != kept
        or tags != [python, abi, platform]
    ):
        raise _misnamed(filename, "a wheel", expected)
    try:
        parse_wheel_filename(filename)
    except InvalidWheelFilename as error:
        raise _misnamed(filename, "a wheel", f"{name}-{version}-py3-none-any.whl") from error
    _check_platforms(filename, platform, policy)
    return Filename(text=filename, stem=f"{name}-{version}", python_version=python)


def _same_version(text: str, version: str) -> bool:
    try:
        return Version(text) == Version(version)
    except ValueError:
        return False


def _check_platforms(filename: str, compressed: str, policy: Policy) -> None:
    for tag in compressed.split("."):
        if not platforms.is_known(tag, policy=policy):
            raise Invalid(
                f"The wheel {filename!r} has the platform tag {tag!r}, which is not allowed here.",
                hint="Build for a platform that installers can check, such as manylinux.",
            )


def _misnamed(filename: str, kind: str, expected: str) -> Invalid:
    return Invalid(
        f"{filename!r} is not the name of {kind} of this release; it should be {expected!r}.",
        hint="Build the file again with a current build backend.",
    )


def _escaped(form: Form) -> str:
    return form.project.replace("-", "_")
