"""What can go wrong with the store, in the same three sentences as everywhere in orgwatch."""


class StoreError(Exception):
    """The store could not be used: a title, what it means, what to do next."""

    def __init__(self, title: str, meaning: str, next_step: str, detail: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.meaning = meaning
        self.next_step = next_step
        self.detail = detail


class StoreUnusable(StoreError):
    """Missing, not writable, not a database, damaged, or on a full disk."""


class StoreTooNew(StoreError):
    """Written by a later version of orgwatch."""


class StoreBusy(StoreError):
    """Another collector already writes to this store."""


class UnreadableLog(StoreError):
    """A file that was to be ingested is no event log: binary, without a header, not text."""


class LogOfAnotherOrg(StoreError):
    """A log file names an org other than the one that the store belongs to."""
