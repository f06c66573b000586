"""The commands that a wheel installs, in its entry_points.txt."""

import configparser
import re

from index.upload.complaints import quoted, refuse_if_any, shortened
from storage.problems import Invalid

SCRIPTS = ("console_scripts", "gui_scripts")
_NAME = re.compile(r"[\w.-]+")


def check(content: bytes) -> None:
    """Invalid if *content* is not UTF-8 INI, or a script has a name that no command may have.

    A script's name becomes a file name (UPLOADS.md 32). Plugins' names in other groups are between
    them and their hosts; some have slashes.
    """
    parser = configparser.RawConfigParser(delimiters=("=",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # Names have case.
    try:
        parser.read_string(content.decode())
    except UnicodeDecodeError as error:
        raise Invalid("The file entry_points.txt is not UTF-8.") from error
    except configparser.Error as error:
        raise Invalid(
            f"The file entry_points.txt is not valid INI: {shortened(str(error))}."
        ) from error
    names = [name for group in SCRIPTS if group in parser for name in parser[group]]
    refuse_if_any(
        [
            f"The file entry_points.txt has a script named {quoted(name)}."
            for name in names
            if not _NAME.fullmatch(name) or not name.strip(".")
        ],
        hint="Use letters, digits, '_', '.' and '-' alone.",
    )
