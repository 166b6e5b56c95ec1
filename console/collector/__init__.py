"""Keeps the store fed: one small task per source, one supervisor, one writer."""
