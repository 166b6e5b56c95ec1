"""Files and functions stay small enough to be read in one go."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("console", "widgets", "store")
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 50

REASONED_EXCEPTIONS: dict[str, str] = {}
"""Files that may be longer, each with the reason."""


def sources() -> list[Path]:
    return sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))


def functions(path: Path) -> list[tuple[str, int]]:
    tree = ast.parse(path.read_text("utf-8"))
    return [
        (node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_file_and_its_functions_are_small(path: Path) -> None:
    name = str(path.relative_to(ROOT))
    lines = path.read_text("utf-8").count("\n")
    if name not in REASONED_EXCEPTIONS:
        assert lines <= MOST_FILE_LINES, f"{name} has {lines} lines"
    long = [f"{one} ({size})" for one, size in functions(path) if size > MOST_FUNCTION_LINES]
    assert not long, f"{name}: {', '.join(long)}"


def test_every_exception_is_still_needed() -> None:
    for name in REASONED_EXCEPTIONS:
        assert (ROOT / name).read_text("utf-8").count("\n") > MOST_FILE_LINES, name
