"""The built wheel holds what the program needs, and runs without the source tree."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("wheel")
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(target)],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (built,) = target.glob("*.whl")
    return built


def test_it_holds_every_file_of_the_packages_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tracked = subprocess.run(
        ["git", "ls-files", "console", "widgets", "store"],
        cwd=ROOT, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    if tracked.returncode != 0:
        pytest.skip("not a git checkout, so what belongs to the packages cannot be listed")
    assert set(tracked.stdout.split()) <= names
    assert {name.split("/")[0] for name in names} == {"console", "widgets", "store"}
    assert any(name.endswith(".tcss") for name in names)
    assert "console/config_template.toml" in names


def test_its_command_line_runs_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import console, widgets, store\n"
        "assert all(sys.argv[1] in m.__file__ for m in (console, widgets, store))\n"
        "from console.commands import cli\n"
        "cli.main(['--help'], standalone_mode=False)"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code, str(wheel)],
        cwd=tmp_path, capture_output=True, text=True, timeout=60,
        env={**os.environ, "PYTHONSAFEPATH": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Watch the API side of a Salesforce org" in done.stdout


def test_the_license_and_the_readme_go_along(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert any(name.endswith("licenses/LICENSE") for name in names)
