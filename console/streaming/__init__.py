"""Speaks CometD: disposable sessions, a guard around the library, and their supervisor."""
