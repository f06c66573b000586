"""The legacy JSON of a project and of a version, which some tools still ask for (S56)."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from packaging.version import Version

from index.files.urls import file_url
from index.timestamps import utc
from storage.records import File, Listing, Release

# What `info` says in the words of the archive: strings, and lists that stay lists.
_STRINGS = (
    "author",
    "author_email",
    "description",
    "description_content_type",
    "download_url",
    "home_page",
    "license",
    "license_expression",
    "maintainer",
    "maintainer_email",
    "requires_python",
    "summary",
)
_LISTS = ("dynamic", "license_files", "provides_extra", "requires_dist")


def project(
    listing: Listing,
    files: Sequence[File],
    release: Release,
    *,
    site_url: str,
    files_url: str,
    owners: Sequence[str],
) -> dict[str, Any]:
    """The JSON of a project: what its newest *release* says, and the *files* of every one.

    Consumers do not resolve URLs, so *site_url* and *files_url* are absolute; both end in a slash.
    """
    releases: dict[str, list[dict[str, Any]]] = {version: [] for version in listing.versions}
    for file in files:
        releases[file.version].append(_file(file, files_url))
    urls = {"site_url": site_url, "files_url": files_url}
    described = version(listing, files, release, owners=owners, **urls)
    return {**described, "releases": releases}


def version(
    listing: Listing,
    files: Sequence[File],
    release: Release,
    *,
    site_url: str,
    files_url: str,
    owners: Sequence[str],
) -> dict[str, Any]:
    """The JSON of one version: as that of a project, without the other releases."""
    files = [file for file in files if file.version == release.version]
    return {
        "info": _described(release, files, f"{site_url}project/{quote(listing.name)}/"),
        "last_serial": listing.serial,
        "ownership": {
            "organization": None,
            "roles": [{"role": "Owner", "user": owner} for owner in owners],
        },
        "urls": [_file(file, files_url) for file in files],
        "vulnerabilities": [],
    }


def newest(files: Sequence[File]) -> str | None:
    """The version that a project with these files is shown by; None if there are none.

    The highest that is neither yanked nor a pre-release, else the highest pre-release, else the
    highest of the yanked.
    """
    standing = {file.version for file in files if file.yanked is None}
    return max(
        {file.version for file in files},
        key=lambda each: (each in standing, not Version(each).is_prerelease, Version(each)),
        default=None,
    )


def _described(release: Release, files: Sequence[File], project_url: str) -> dict[str, Any]:
    """*release*.metadata has the keys of `packaging.metadata.RawMetadata`."""
    said = release.metadata
    yanked = bool(files) and all(file.yanked is not None for file in files)
    return {
        **{key: said.get(key) for key in _STRINGS},
        **{key: said.get(key) for key in _LISTS},
        "classifiers": said.get("classifiers", []),
        "keywords": ",".join(said.get("keywords", [])) or None,
        "name": said.get("name", release.project),
        "package_url": project_url,
        "platform": ",".join(said.get("platforms", [])) or None,
        "project_url": project_url,
        "project_urls": said.get("project_urls"),
        "release_url": f"{project_url}{quote(release.version, safe='')}/",
        "version": release.version,
        "yanked": yanked,
        "yanked_reason": (files[0].yanked or None) if yanked else None,
    }


def _file(file: File, files_url: str) -> dict[str, Any]:
    return {
        "comment_text": file.comment,
        "core-metadata": {"sha256": file.core_metadata} if file.core_metadata else False,
        "digests": {"blake2b_256": file.blake2b_256, "md5": file.md5, "sha256": file.sha256},
        "downloads": -1,
        "filename": file.filename,
        "has_sig": False,
        "md5_digest": file.md5,
        "packagetype": file.filetype,
        "python_version": file.python_version,
        "requires_python": file.requires_python,
        "size": file.size_bytes,
        "upload_time": utc(file.uploaded_at.replace(microsecond=0)).removesuffix("Z"),
        "upload_time_iso_8601": utc(file.uploaded_at),
        "url": file_url(file, files_url),
        "yanked": file.yanked is not None,
        "yanked_reason": file.yanked or None,
    }
