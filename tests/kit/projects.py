"""Source trees as people keep them, one for each build backend."""

from collections.abc import Iterable
from pathlib import Path

BACKENDS = {
    "flit": ("flit_core", "flit_core.buildapi"),
    "hatch": ("hatchling", "hatchling.build"),
    "pdm": ("pdm-backend", "pdm.backend"),
    "poetry": ("poetry-core", "poetry.core.masonry.api"),
    "setuptools": ("setuptools", "setuptools.build_meta"),
}


def a_project(
    folder: Path,
    name: str,
    version: str,
    *,
    built_by: str = "setuptools",
    needs: Iterable[str] = (),
    index: str = "",
) -> None:
    """Write a project of one module into *folder*, to be built by one of BACKENDS.

    *index* is where pdm looks for what building needs.
    """
    requirement, backend = BACKENDS[built_by]
    lines = [
        "[build-system]",
        f'requires = ["{requirement}"]',
        f'build-backend = "{backend}"',
        "",
        "[project]",
        f'name = "{name}"',
        f'version = "{version}"',
        'description = "Made for a test."',
        'readme = "README.md"',
        'authors = [{ name = "Ann", email = "ann@example.org" }]',
        'requires-python = ">=3.11"',
        f"dependencies = {list(needs)}",
        "",
        "[[tool.pdm.source]]",
        'name = "pypi"',
        f'url = "{index}"',
        "verify_ssl = false",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pyproject.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(f"# {name}\n\nMade for a test.\n", encoding="utf-8")
    module = folder / f"{name.replace('-', '_')}.py"
    module.write_text(f'"""Made for a test."""\n\n__version__ = "{version}"\n', encoding="utf-8")
