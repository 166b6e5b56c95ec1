"""Bulk API 2.0 query jobs: their states, and what they found."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from console.simulator.ids import base62, long_id
from console.simulator.soql.run import Answer

MAX_JOBS = 1_000
JOB_LIFE = timedelta(days=7)
"""How long a job and its results are kept (Bulk API 2.0 guide, limits)."""

FINAL_STATES = frozenset({"JobComplete", "Aborted", "Failed"})


@dataclass(slots=True)
class BulkJob:
    """One query job. ``polls_left`` answers say InProgress before it is complete."""

    job_id: str
    """18 characters, ``750…``."""
    user_id: str
    operation: str
    """``query`` or ``queryAll``."""
    query: str
    answer: Answer
    delimiter: str
    """The name of the column delimiter: ``COMMA`` …"""
    line_ending: str
    """``LF`` or ``CRLF``."""
    version: str
    created_at: datetime
    polls_left: int
    state: str = "UploadComplete"

    def poll(self) -> None:
        """Move on by one step of work, if there is any left."""
        if self.state in FINAL_STATES:
            return
        self.state = "InProgress" if self.polls_left > 0 else "JobComplete"
        self.polls_left -= 1


class BulkJobs:
    """The jobs of the org, oldest first; the oldest makes room for one too many."""

    def __init__(self, polls: int) -> None:
        self._polls = polls
        self._jobs: dict[str, BulkJob] = {}
        self._opened = 0

    def open(
        self,
        user_id: str,
        operation: str,
        query: str,
        answer: Answer,
        csv_form: tuple[str, str],
        version: str,
        now: datetime,
    ) -> BulkJob:
        """A new job over ``answer``; ``csv_form`` names its delimiter and its line ending."""
        while len(self._jobs) >= MAX_JOBS:
            del self._jobs[next(iter(self._jobs))]
        self._opened += 1
        job_id = long_id(f"750Hs000{base62(self._opened, 7)}")
        delimiter, line_ending = csv_form
        job = BulkJob(
            job_id,
            user_id,
            operation,
            query,
            answer,
            delimiter,
            line_ending,
            version,
            now,
            self._polls,
        )
        self._jobs[job_id] = job
        return job

    def find(self, job_id: str, user_id: str, now: datetime) -> BulkJob | None:
        """The user's job of that id (15 or 18 characters); None when gone or another's."""
        job = self._jobs.get(long_id(job_id) if len(job_id) == 15 else job_id)
        if job is None or job.user_id != user_id:
            return None
        if now >= job.created_at + JOB_LIFE:
            del self._jobs[job.job_id]
            return None
        return job

    def of_user(self, user_id: str) -> list[BulkJob]:
        """The user's jobs, newest first."""
        return [job for job in reversed(self._jobs.values()) if job.user_id == user_id]

    def remove(self, job: BulkJob) -> None:
        """Forget a job and its results."""
        self._jobs.pop(job.job_id, None)
