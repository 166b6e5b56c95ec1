"""The installed command line as a person meets it: what it says, and what it leaves with."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from console.exit_codes import ExitCode

ORGWATCH = str(Path(sys.executable).with_name("orgwatch"))


@dataclass(frozen=True)
class Outcome:
    """A finished command."""

    exit_code: int
    stdout: str
    stderr: str

    @property
    def sentences(self) -> str:
        """Everything on stderr in one line, so that a line break hides nothing."""
        return " ".join(self.stderr.split())


def orgwatch(
    *arguments: object, stdin: bytes = b"", timeout_s: float = 60, **environ: str
) -> Outcome:
    """Run ``orgwatch`` to its end, without a terminal."""
    done = subprocess.run(
        [ORGWATCH, *map(str, arguments)],
        input=stdin,
        capture_output=True,
        timeout=timeout_s,
        env={**os.environ, **environ},
    )
    return outcome_of(done.returncode, done.stdout, done.stderr)


def outcome_of(exit_code: int, stdout: bytes, stderr: bytes) -> Outcome:
    """What was said; a traceback is never among it, nor a fault that the program does not know."""
    outcome = Outcome(exit_code, stdout.decode(), stderr.decode())
    assert "Traceback" not in outcome.stderr, outcome.stderr
    assert outcome.exit_code != ExitCode.INTERNAL_FAULT, outcome.stderr
    return outcome


def assert_said(outcome: Outcome, exit_code: ExitCode, title: str, *parts: str) -> None:
    """It left with ``exit_code`` and three sentences: ``title``, a meaning and a next step.

    ``parts`` stand in the meaning or the next step and name cause and cure.
    """
    assert outcome.exit_code == exit_code, outcome.stderr
    lines = outcome.stderr.splitlines()
    assert f"orgwatch: {title}" in lines, outcome.stderr
    meaning, next_step = lines[lines.index(f"orgwatch: {title}") + 1 :][:2]
    assert meaning.startswith("  ")
    assert meaning.strip()
    assert next_step.startswith("  What to do: ")
    for part in parts:
        assert part in meaning + next_step, outcome.stderr
    assert outcome.stdout == ""


def assert_usage(outcome: Outcome, *parts: str) -> None:
    """The command line itself is wrong: said with the way to its help, exit code 2."""
    assert outcome.exit_code == ExitCode.WRONG_USAGE, outcome.stderr
    assert "--help" in outcome.sentences
    for part in ("Error:", *parts):
        assert part in outcome.sentences, outcome.stderr
    assert outcome.stdout == ""


def files_in(folder: Path) -> set[str]:
    """Every file below ``folder`` by its relative name."""
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
