"""Code that runs when something is installed, or each time Python starts."""

import re

from moderation.rules.facts import Noticed, Upload, quoted

FIRST_SETUP_VERSION = PATH_FILE_VERSION = PAYLOAD_VERSION = 1
FIRST_SETUP, PATH_FILE, PAYLOAD = 35, 50, 90

_RUNS = re.compile(r"\b(?:exec|eval|compile|__import__)\s*\(")
_DECODES = re.compile(
    r"\b(?:b64decode|b32decode|a85decode|b85decode|fromhex|unhexlify|decompress|marshal\.loads)\b"
)
_LITERAL = re.compile(r"[A-Za-z0-9+/=_-]{400}|(?:\\x[0-9a-fA-F]{2}){100}")


def first_setup(upload: Upload) -> Noticed:
    """A setup.py in a project that never had one: it runs when the sdist is installed.

    Fires for an sdist of a project whose earlier files had none. The first upload of a new
    project does not, nor one of a project that always had a setup.py.
    """
    has_one = any(path.rpartition("/")[2] == "setup.py" for path in upload.installs)
    if has_one and not upload.had_setup and upload.last_upload_at is not None:
        why = f"{upload.filename} runs a setup.py, and no file of {upload.project} did before."
        yield upload.noticed("first-setup", FIRST_SETUP_VERSION, FIRST_SETUP, why)


def path_file(upload: Upload) -> Noticed:
    """A .pth file with code in it: Python runs it each time it starts, whatever is imported.

    Fires for a line that begins with `import`. A .pth file of paths alone does not.
    """
    for path, text in upload.installs.items():
        lines = text.splitlines() if path.endswith(".pth") else []
        if any(line.startswith(("import ", "import\t")) for line in lines):
            why = f"{quoted(path)} has code that runs each time Python starts."
            yield upload.noticed("path-file", PATH_FILE_VERSION, PATH_FILE, why)


def payload(upload: Upload) -> Noticed:
    """Something encoded that is decoded and run while installing.

    Fires when code that runs at install both decodes something or has a very long literal, and
    runs something it made. A setup.py that only reads its version with exec does not.
    """
    for path, text in upload.installs.items():
        if _RUNS.search(text) and (_DECODES.search(text) or _LITERAL.search(text)):
            why = f"{quoted(path)} decodes something and runs it when it is installed."
            yield upload.noticed("payload", PAYLOAD_VERSION, PAYLOAD, why)
