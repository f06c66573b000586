"""The environment: what it sets, and everything that is wrong with it, told at once."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from index.settings import DECLARATIONS, Declaration, Settings
from storage.problems import Invalid

PREFIX = "BASCULE_"
SECRET_FILE_BYTES = 64 * 1024
SHOWN_LENGTH = 100


def variable(name: str) -> str:
    """The environment variable of a field."""
    return PREFIX + name.upper()


def from_environment(environ: Mapping[str, str], *, overrides: Mapping[str, object]) -> Settings:
    """The settings in *environ*, except where *overrides* (by field, None for none) has better.

    An empty variable counts as not set. Raises Invalid with every complaint at once: unknown
    variables, each with its nearest known one, and bad values. No secret is among the words.
    """
    complaints = list(_strangers(environ))
    values: dict[str, Any] = {}
    for name, declaration in DECLARATIONS.items():
        try:
            text = overrides.get(name)
            text = _text(name, declaration, environ) if text is None else str(text)
            if text:
                values[name] = _value(declaration, text)
        except ValueError as error:
            complaints.append(f"{variable(name)} {error}.")
    if complaints:
        raise Invalid(" ".join(complaints))
    return Settings(**values)


def _strangers(environ: Mapping[str, str]) -> Iterator[str]:
    known = [variable(name) for name in DECLARATIONS]
    known += [f"{variable(name)}_FILE" for name, its in DECLARATIONS.items() if its.secret]
    for stranger in sorted(environ):
        if stranger.startswith(PREFIX) and stranger not in known:
            nearest = get_close_matches(stranger, known, n=1, cutoff=0)[0]
            yield f"{stranger} is not a setting; the nearest is {nearest}."


def _text(name: str, declaration: Declaration, environ: Mapping[str, str]) -> str:
    text = environ.get(variable(name), "")
    path = environ.get(f"{variable(name)}_FILE", "") if declaration.secret else ""
    if not path:
        return text
    if text:
        raise ValueError(f"is given twice: also as {variable(name)}_FILE")
    try:
        with open(path, encoding="utf-8") as opened:
            return opened.read(SECRET_FILE_BYTES).rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise ValueError(f"cannot be read from the file {path!r}") from None


def _value(declaration: Declaration, text: str) -> Any:
    try:
        return declaration.read(text)
    except ValueError as error:
        # What has an @ may be a URL with a password in it.
        seen = "" if declaration.secret or "@" in text else f", not {text[:SHOWN_LENGTH]!r}"
        raise ValueError(f"{error}{seen}") from None
