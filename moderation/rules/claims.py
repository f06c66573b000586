"""Metadata that lies about where a project lives."""

import re
from urllib.parse import urlsplit

from moderation.rules.facts import Noticed, Upload, quoted

VERSION = 1
SCORE = 30


def claims_another(upload: Upload) -> Noticed:
    """A home page or repository that is named like a protected project, and is not this one.

    Fires when the path of a URL ends with another protected name, as `/psf/requests` does in a
    project `toaster`. The project's own repository does not, nor a link to an unprotected one.
    """
    for url in upload.urls:
        name = _last_part(url)
        if name and name != upload.project and name in upload.protected:
            why = f"Its metadata says that it lives at {quoted(url)}, which is {name}'s."
            yield upload.noticed("claims-another", VERSION, SCORE, why)
            return


def _last_part(url: str) -> str:
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    last = path.rstrip("/").rpartition("/")[2].removesuffix(".git")
    return re.sub(r"[-_.]+", "-", last.lower())
