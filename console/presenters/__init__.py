"""Answers turned into the plain values that widgets draw: pure functions, one file per screen."""
