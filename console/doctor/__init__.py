"""What works, what does not and what to do: the checks behind ``orgwatch doctor``.

Reads only, in the org as on disk, but for the record of its own login and calls in the store.
"""
