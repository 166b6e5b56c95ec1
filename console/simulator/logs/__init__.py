"""Event log files, made from what happened."""
