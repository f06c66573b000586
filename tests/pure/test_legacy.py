"""The legacy JSON has exactly the keys that its consumers know."""

import msgspec
import pytest

from index.feeds import legacy
from tests.kit.listings import a_file, a_listing, a_release, digest

ABSOLUTE = {
    "site_url": "https://index.test/",
    "files_url": "https://index.test/packages/",
    "owners": ["ann"],
}
WHEEL = a_file("toasting-1.0-py3-none-any.whl", comment="Fresh.")
SDIST = a_file(
    "toasting-0.9+x.tar.gz",
    version="0.9+x",
    filetype="sdist",
    python_version="source",
    requires_python=None,
    core_metadata=None,
    yanked="Burnt.",
)
FILES = [SDIST, WHEEL]
LISTING = a_listing(*FILES)
RELEASE = a_release(
    author="Ann",
    author_email="ann@index.test",
    classifiers=["Topic :: Utilities"],
    description="# Toasting",
    description_content_type="text/markdown",
    dynamic=["description"],
    keywords=["toast", "bread"],
    license_expression="MIT",
    license_files=["LICENSE"],
    platforms=["any"],
    project_urls={"Source": "https://index.test/source"},
    provides_extra=["jam"],
    requires_dist=["bread>=1"],
    requires_python=">=3.9",
    summary="Toast, evenly.",
)
WHEEL_SAID = {
    "comment_text": "Fresh.",
    "core-metadata": {"sha256": digest("toasting-1.0-py3-none-any.whl.metadata")},
    "digests": {
        "blake2b_256": "b" * 64,
        "md5": "5" * 32,
        "sha256": digest("toasting-1.0-py3-none-any.whl"),
    },
    "downloads": -1,
    "filename": "toasting-1.0-py3-none-any.whl",
    "has_sig": False,
    "md5_digest": "5" * 32,
    "packagetype": "bdist_wheel",
    "python_version": "py3",
    "requires_python": ">=3.9",
    "size": 4321,
    "upload_time": "2026-11-25T08:30:00",
    "upload_time_iso_8601": "2026-11-25T08:30:00.123456Z",
    "url": "https://index.test/packages/"
    f"{digest('toasting-1.0-py3-none-any.whl')}/toasting-1.0-py3-none-any.whl",
    "yanked": False,
    "yanked_reason": None,
}
SDIST_SAID = {
    **WHEEL_SAID,
    "comment_text": "",
    "core-metadata": False,
    "digests": {**WHEEL_SAID["digests"], "sha256": digest("toasting-0.9+x.tar.gz")},
    "filename": "toasting-0.9+x.tar.gz",
    "packagetype": "sdist",
    "python_version": "source",
    "requires_python": None,
    "url": f"https://index.test/packages/{digest('toasting-0.9+x.tar.gz')}/toasting-0.9%2Bx.tar.gz",
    "yanked": True,
    "yanked_reason": "Burnt.",
}
VERSION_SAID = {
    "info": {
        "author": "Ann",
        "author_email": "ann@index.test",
        "classifiers": ["Topic :: Utilities"],
        "description": "# Toasting",
        "description_content_type": "text/markdown",
        "download_url": None,
        "dynamic": ["description"],
        "home_page": None,
        "keywords": "toast,bread",
        "license": None,
        "license_expression": "MIT",
        "license_files": ["LICENSE"],
        "maintainer": None,
        "maintainer_email": None,
        "name": "toasting",
        "package_url": "https://index.test/project/toasting/",
        "platform": "any",
        "project_url": "https://index.test/project/toasting/",
        "project_urls": {"Source": "https://index.test/source"},
        "provides_extra": ["jam"],
        "release_url": "https://index.test/project/toasting/1.0/",
        "requires_dist": ["bread>=1"],
        "requires_python": ">=3.9",
        "summary": "Toast, evenly.",
        "version": "1.0",
        "yanked": False,
        "yanked_reason": None,
    },
    "last_serial": 41,
    "ownership": {"organization": None, "roles": [{"role": "Owner", "user": "ann"}]},
    "urls": [WHEEL_SAID],
    "vulnerabilities": [],
}


def test_a_version_is_exactly_this():
    assert legacy.version(LISTING, FILES, RELEASE, **ABSOLUTE) == VERSION_SAID


def test_a_project_is_its_newest_version_and_the_files_of_all():
    assert legacy.project(LISTING, FILES, RELEASE, **ABSOLUTE) == {
        **VERSION_SAID,
        "releases": {"0.9+x": [SDIST_SAID], "1.0": [WHEEL_SAID]},
    }


def test_a_release_is_yanked_when_all_of_its_files_are():
    both = [a_file("a-1.0.tar.gz", yanked="Burnt."), a_file("a-1.0-py3-none-any.whl", yanked="")]
    one = [both[0], a_file("a-1.0-py3-none-any.whl")]

    yanked = legacy.version(a_listing(*both), both, RELEASE, **ABSOLUTE)["info"]
    standing = legacy.version(a_listing(*one), one, RELEASE, **ABSOLUTE)["info"]

    assert (yanked["yanked"], yanked["yanked_reason"]) == (True, "Burnt.")
    assert (standing["yanked"], standing["yanked_reason"]) == (False, None)


def test_what_the_metadata_does_not_say_is_null_or_empty():
    info = legacy.version(a_listing(WHEEL), [WHEEL], a_release(), **ABSOLUTE)["info"]

    said = {key for key, value in info.items() if value is not None}
    assert said == {
        *("classifiers", "name", "package_url", "project_url", "release_url", "version", "yanked"),
    }
    assert info["classifiers"] == []


def test_it_is_json():
    content = legacy.project(LISTING, FILES, RELEASE, **ABSOLUTE)

    assert msgspec.json.decode(msgspec.json.encode(content)) == content


@pytest.mark.parametrize(
    ("versions", "yanked", "newest"),
    [
        ([], [], None),
        (["1.0", "1.10", "1.9"], [], "1.10"),
        (["1.0", "2.0rc1"], [], "1.0"),
        (["1.0rc1", "1.0rc2"], [], "1.0rc2"),
        (["1.0", "2.0"], ["2.0"], "1.0"),
        (["1.0", "2.0rc1"], ["1.0"], "2.0rc1"),
        (["1.0", "2.0"], ["1.0", "2.0"], "2.0"),
    ],
)
def test_a_project_is_shown_by_its_newest_version_that_stands(versions, yanked, newest):
    files = [
        a_file(f"toasting-{each}.tar.gz", version=each, yanked="" if each in yanked else None)
        for each in versions
    ]

    assert legacy.newest(files) == newest
