"""Speaks CometD: disposable sessions, the guard around the library, and the supervisor that keeps one alive."""
