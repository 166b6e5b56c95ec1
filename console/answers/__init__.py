"""The questions people ask, answered from the store: the same answers for screens and commands."""
