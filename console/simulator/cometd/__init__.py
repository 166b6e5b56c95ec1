"""Streaming: the Bayeux state machine."""
