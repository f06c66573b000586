"""Core metadata: read as it stands in the file, every complaint about it told at once."""

import json

import pytest

from index.upload.policy import Policy
from tests.kit.inspecting import inspected, refusal
from tests.kit.makers import a_wheel, an_sdist

LICENSED = "toasting-1.0.dist-info/licenses"


def with_fields(*lines: str, version: str = "2.4", **kwargs):
    """The usual wheel with these lines in its METADATA."""
    return a_wheel(metadata_version=version, metadata_extra=lines, **kwargs)


FULL = """
Author: Ann\0 Ü
Author-Email: Ann <ann@example.org>
Classifier: Typing :: Typed
Description-Content-Type: text/markdown
Dynamic: Classifier
Home-Page: https://example.org
Import-Name: toasting
Import-Namespace: bread
Keywords: toast,even
License-Expression: MIT
Platform: any
Project-URL: Docs, https://example.org/docs
Provides-Extra: jam
X-Unknown: yes
Requires-Dist: butter; extra == 'jam'
Requires-Python: >=3.8,
 <4
""".strip()


def test_all_fields_are_told_by_the_keys_of_packaging():
    wheel = with_fields(FULL, version="2.5", description="Über toast.\n")

    found = inspected(wheel)

    assert found.requires_python == ">=3.8, <4"
    assert json.loads(json.dumps(found.metadata)) == {
        "metadata_version": "2.5",
        "name": "toasting",
        "version": "1.0",
        "summary": "Toast, evenly.",
        "author": "Ann Ü",
        "author_email": "Ann <ann@example.org>",
        "classifiers": ["Typing :: Typed"],
        "description": "Über toast.\n",
        "description_content_type": "text/markdown",
        "dynamic": ["Classifier"],
        "home_page": "https://example.org",
        "import_names": ["toasting"],
        "import_namespaces": ["bread"],
        "keywords": ["toast", "even"],
        "license_expression": "MIT",
        "platforms": ["any"],
        "project_urls": {"Docs": "https://example.org/docs"},
        "provides_extra": ["jam"],
        "requires_dist": ["butter; extra == 'jam'"],
        "requires_python": ">=3.8,\n <4",
    }


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6"])
def test_every_version_of_core_metadata_is_accepted(version):
    assert inspected(with_fields(version=version)).metadata["metadata_version"] == version


@pytest.mark.parametrize("version", ["2.0", "2.7", "3.0", "1.3", "0.9", "2.40", "two", ""])
def test_another_version_is_refused(version):
    assert refusal(with_fields(version=version)) == (
        f"Metadata-Version: {version!r} is not a valid metadata version."
    )


@pytest.mark.parametrize("field", ["Metadata-Version: 2.4", "Name: toasting", "Version: 1.0"])
def test_version_name_and_metadata_version_are_there(field):
    lines = {"Metadata-Version: 2.4", "Name: toasting", "Version: 1.0"} - {field}
    title = field.partition(":")[0]

    assert refusal(a_wheel(metadata="\n".join([*sorted(lines), ""]).encode())).startswith(title)


def test_a_name_and_version_are_compared_in_their_normal_form():
    metadata = b"Metadata-Version: 2.4\nName: Toast.Ing\nVersion: 1.0.0-RC.1\n"
    wheel = a_wheel("toast-ing", "1.0rc1", metadata=metadata)

    assert inspected(wheel, name="toast_ing", version="1.0RC1").metadata["name"] == "Toast.Ing"


def test_a_file_of_another_project_and_version_is_refused():
    metadata = b"Metadata-Version: 2.4\nName: butter\nVersion: 2\n"

    assert refusal(a_wheel(metadata=metadata)) == (
        "The file is of the project 'butter', not 'toasting'. "
        "The file is of version '2', not '1.0'."
    )


@pytest.mark.parametrize(
    ("version", "line", "since"),
    [
        ("1.0", "Classifier: Typing :: Typed", "1.1"),
        ("1.1", "Requires-Dist: butter", "1.2"),
        ("1.1", "Requires-Python: >=3.8", "1.2"),
        ("1.2", "Provides-Extra: jam", "2.1"),
        ("1.2", "Description-Content-Type: text/plain", "2.1"),
        ("2.1", "Dynamic: Summary", "2.2"),
        ("2.3", "License-Expression: MIT", "2.4"),
        ("2.4", "Import-Name: toasting", "2.5"),
        ("2.4", "Import-Namespace: toasting", "2.5"),
    ],
)
def test_a_field_of_a_later_version_is_refused(version, line, since):
    title = line.partition(":")[0]

    assert refusal(with_fields(line, version=version)) == (
        f"{title}: {title.lower()} introduced in metadata version {since}, not {version}."
    )


@pytest.mark.parametrize(
    "line",
    ["License-File: LICENSE", "X-Unknown: yes", "Home-Page: UNKNOWN", "Author-Email: UNKNOWN",
     "License: UNKNOWN", "Platform: UNKNOWN", "Keywords:", "Summary-Of-Sorts: 1", "Download-URL:"],
)  # fmt: skip
def test_what_old_tools_write_is_tolerated(line):
    assert "license_files" not in inspected(with_fields(line, version="2.1")).metadata


def test_a_license_that_says_nothing_may_stand_beside_an_expression():
    assert inspected(with_fields("License: ", "License-Expression: MIT")).warnings == ()


@pytest.mark.parametrize("folder", [f"{LICENSED}/", f"{LICENSED}/a/"])
def test_license_files_of_a_wheel_are_in_their_folder(folder):
    path = folder.removeprefix(f"{LICENSED}/") + "LICENSE"
    code = {"toasting.py": b""}

    assert inspected(with_fields(f"License-File: {path}", files={folder + "LICENSE": b"", **code}))
    assert refusal(with_fields(f"License-File: {path}", files={"LICENSE": b"", **code})) == (
        f"License-File: '{LICENSED}/{path}' is not in the file."
    )


def test_license_files_of_an_sdist_are_where_they_say():
    extra = ["License-File: docs/LICENSE"]

    assert inspected(an_sdist(metadata_extra=extra, files={"docs/LICENSE": b""})).warnings == ()
    assert refusal(an_sdist(metadata_extra=extra)) == (
        "License-File: 'toasting-1.0/docs/LICENSE' is not in the file."
    )


def test_what_the_form_says_otherwise_is_a_warning():
    wheel = a_wheel(requires_dist=["Butter>=1", "jam"], requires_python=">=3.8,<4")
    same = {"requires_dist": ["jam", "butter >=1"], "requires_python": "<4, >=3.8"}
    other = {"requires_dist": ["jam", "("], "requires_python": ">"}

    assert inspected(wheel, **same).warnings == ()
    assert inspected(wheel, requires_dist=[], requires_python=None).warnings == ()
    assert inspected(wheel, **other).warnings == (
        "The form has other dependencies than the file; those of the file count.",
        "The form has another requires_python than the file; that of the file counts.",
    )


def test_every_complaint_is_told_at_once():
    wheel = with_fields(
        "License: MIT",
        "License-Expression: Toast",
        "License-File: LICENSE",
        "Author-Email: ann",
        "Home-Page: example.org",
        "Requires-Python: 3",
        "Dynamic: Name",
        "Name: again",
        version="2.4",
        summary="x" * 513,
        description="*",
    )

    message = refusal(wheel)

    assert message == (
        "Name is there more than once, or is not UTF-8. "
        "Summary is longer than 512 characters. "
        "Dynamic: 'name' is not allowed as a dynamic field. "
        "License-Expression: 'Toast' is invalid for 'license-expression'. "
        "Name: 'name' is a required field. "
        "Requires-Python: '3' is invalid for 'requires-python'. "
        "License-Expression is there, so License may not be. "
        "Author-Email has 'ann', which is not a valid e-mail address. "
        "Home-Page is 'example.org', which is not a valid http or https URL. "
        "The file is of the project '', not 'toasting'. "
        "There are 1 more complaints like these."
    )


@pytest.mark.parametrize(
    "line",
    ["Classifier: Toast :: Burnt", "Classifier: Natural Language :: Ukranian",
     "Requires-Dist: butter @ https://example.org/butter.zip",
     "Requires-Dist: butter @ git+https://example.org/butter",
     "Provides-Dist: butter @ https://example.org/butter.zip"],
)  # fmt: skip
def test_what_only_private_indexes_allow(line):
    assert inspected(with_fields(line), policy=Policy.PRIVATE).warnings == ()
    assert refusal(with_fields(line), policy=Policy.PUBLIC).startswith(
        ("The classifier ", "Requires-Dist: ", "Provides-Dist: ")
    )
