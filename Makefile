# orgwatch: `make demo` shows it, `make test` proves it. Both build their own .venv first.

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
RUN_STAMP := $(VENV)/.run-$(shell cksum requirements.lock pyproject.toml | cksum | cut -d' ' -f1)
DEV_STAMP := $(VENV)/.dev-$(shell cksum requirements-dev.lock pyproject.toml | cksum | cut -d' ' -f1)
DEMO ?=
PYTEST ?=

.PHONY: demo test check bench screenshots lock clean help
.DEFAULT_GOAL := help

help:
	@echo "make demo         the whole console on a simulated org (DEMO=\"--speed 60\" passes options on)"
	@echo "make test         lint, types, import contracts and every test"
	@echo "make bench        speed claims, as ratios against a named baseline in the same run"
	@echo "make screenshots  draw screenshots/ again from the running app"
	@echo "make clean        remove everything that make built"

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "orgwatch needs Python 3.11 or later: install it, or name it with make PYTHON=/path/to/python3" >&2; exit 2; }
	@echo "creating $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV) || { echo "could not create $(VENV): on Debian and Ubuntu, install the package python3-venv" >&2; rm -rf $(VENV); exit 2; }

$(RUN_STAMP): | $(VENV)/bin/python
	@echo "installing the pinned libraries into $(VENV) (once)"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.run-*; touch $@

$(DEV_STAMP): | $(VENV)/bin/python
	@echo "installing the pinned libraries and test tools into $(VENV) (once)"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@rm -f $(VENV)/.dev-* $(VENV)/.run-*; touch $@ $(RUN_STAMP)

demo: $(RUN_STAMP)
	@$(BIN)/orgwatch demo $(DEMO)

check: $(DEV_STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

test: check
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST)

bench: $(DEV_STAMP)
	$(BIN)/python -m tests.bench

screenshots: $(DEV_STAMP)
	$(BIN)/python screenshots/make.py

# Needs uv on the PATH; changes the pinned versions on purpose, never as a side effect.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade pyproject.toml --group build -o requirements.lock
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --quiet --upgrade pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
