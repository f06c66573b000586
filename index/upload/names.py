"""Names of projects: which are names at all, which are free to take, which look alike."""

import re
import sys
from collections.abc import Iterable

from packaging.utils import NormalizedName, canonicalize_name

from index.upload.complaints import quoted
from storage.problems import Invalid

_NAME = re.compile(r"([A-Z0-9]|[A-Z0-9][A-Z0-9._-]*[A-Z0-9])\Z", re.IGNORECASE | re.ASCII)
_LOOK_ALIKES = str.maketrans({"-": "", "o": "0", "l": "1", "i": "1"})


def parse_name(text: str) -> NormalizedName:
    """The normalized form of *text* (PEP 503), or Invalid if it is no name (UPLOADS.md 9)."""
    if not _NAME.match(text):
        raise Invalid(
            f"{quoted(text)} is not a valid project name.",
            hint="Use ASCII letters, digits, '.', '_' and '-', a letter or digit at both ends.",
        )
    return canonicalize_name(text)


def check_new_name(name: NormalizedName) -> None:
    """Invalid if nobody may take *name* (UPLOADS.md 10). Projects that exist are not asked."""
    if name in _STANDARD_LIBRARY:
        raise Invalid(
            f"The name {quoted(name)} is not allowed: a module of the standard library has it.",
            hint="Choose a name that no import of Python itself can be mistaken for.",
        )
    if skeleton(name) in _RESERVED:
        raise Invalid(
            f"The name {quoted(name)} is not allowed: it is reserved, because it is what people "
            "type by mistake.",
            hint="Choose another name.",
        )
    if name in _DEVICES:
        raise Invalid(
            f"The name {quoted(name)} is not allowed: it is reserved, because Windows cannot have "
            "a file of that name.",
            hint="Choose another name.",
        )


def skeleton(name: NormalizedName) -> str:
    """What is left of *name* for a hasty eye: no separators, 0 for o, 1 for l and i.

    Two names with equal skeletons are confusable: only one of them may exist.
    """
    return name.translate(_LOOK_ALIKES)


def _normalized(modules: Iterable[str]) -> frozenset[str]:
    return frozenset(canonicalize_name(module.strip("_")) for module in modules)


# Modules that some Python has and the one that runs this may not have.
_OTHER_MODULES = """
    aifc annotationlib asynchat asyncore audioop binhex cgi cgitb chunk compression crypt distutils
    formatter imghdr imp lib2to3 mailcap macpath msilib nis nntplib ossaudiodev parser pipes smtpd
    sndhdr spwd sunau symbol telnetlib tomllib uu xdrlib
"""
_STANDARD_LIBRARY = _normalized(sys.stdlib_module_names) | _normalized(_OTHER_MODULES.split())

# `pip install requirements.txt` for `pip install -r requirements.txt`, and its kin.
_FILES = """
    requirements.txt requirement.txt requirments.txt rrequirements.txt rrequirement.txt
    r-requirements.txt requirements-dev.txt dev-requirements.txt requirements.in
    constraints.txt constraint.txt cconstraints.txt c-constraints.txt
    pyproject.toml pylock.toml setup.py setup.cfg poetry.lock pdm.lock uv.lock pipfile.lock
"""
_RESERVED = frozenset(skeleton(canonicalize_name(file)) for file in _FILES.split())

_DEVICES = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10))]
)
