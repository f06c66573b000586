"""The keys by which shared caches are told what to drop."""

from urllib.parse import quote

from storage.records import File

INDEX = "index"
"""The list of projects."""


def of_project(name: str) -> str:
    """That of the pages of a project."""
    return f"project:{name}"


def of_files(project: str) -> str:
    """That of all files of a project, and of what is beside them."""
    return f"files:{project}"


def of_file(file: File) -> tuple[str, str]:
    """Those of one file, and of what is beside it: with all of its project, and alone."""
    return of_files(file.project), f"file:{quote(file.filename, safe='+')}"
