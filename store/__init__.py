"""The only memory of the program: one SQLite file per org, one writer, many readers."""
