"""What the user may read, as checks: a missing permission is a fault, a missing licence is not."""

from console.answers.sources import SourcesAnswer
from console.doctor.check import ORG, SOURCES, Check, Result
from store.access_records import Readable, SourceAccess

_PERMISSION = "the permission "
_OR = ", or "
"""The org says the same for a permission and a licence that is missing: nobody is at fault yet."""


def check_sources(answer: SourcesAnswer, asked_before: str) -> list[Check]:
    """One check for each source, and the licences.

    ``asked_before`` says when, where the findings are an earlier probe's: once, above them all.
    """
    if answer.taken_at is None:
        return [
            Check(
                "sources", SOURCES, "Permissions", Result.UNKNOWN,
                "the org was not asked: the login comes first",
            )
        ]  # fmt: skip
    checks = [_source(source) for source in answer.sources]
    if asked_before:
        checks.insert(0, Check("sources.asked", SOURCES, "Asked", Result.OK, asked_before))
    if answer.licences:
        names = ", ".join(
            f"{name} {_count(used)} of {_count(total)}" for name, total, used in answer.licences
        )
        checks.append(Check("org.licences", ORG, "User licences", Result.OK, names))
    return checks


def _count(number: int | None) -> str:
    return "?" if number is None else f"{number:,}"


def _source(source: SourceAccess) -> Check:
    id_ = f"source.{source.source}"
    if source.readable is Readable.YES:
        return Check(id_, SOURCES, source.title, Result.OK, source.evidence)
    if source.readable is Readable.UNKNOWN:
        return Check(id_, SOURCES, source.title, Result.UNKNOWN, source.evidence)
    missing = source.missing or ""
    evidence = f"needs {missing}: {source.evidence}" if missing else source.evidence
    if missing.startswith(_PERMISSION) and _OR not in missing:
        step = f"Give the user {missing}, by a permission set of its own."
        return Check(id_, SOURCES, source.title, Result.FAULT, evidence, step)
    step = "Where the org has it, give the user the permission." if _OR in missing else ""
    return Check(id_, SOURCES, source.title, Result.NOTE, evidence, step)
