"""Troubles on request, down to the byte."""
