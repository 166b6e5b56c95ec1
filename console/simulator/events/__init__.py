"""Streamed events, their stores, and event log objects."""
