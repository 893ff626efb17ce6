# Two commands do everything: `make run` codes the sample notes, `make test` runs the tests.
# The first of them makes .venv and installs into it what requirements.lock pins; later ones work offline.

VENV := .venv
PY := $(VENV)/bin/python

# The first of these that runs and is new enough; `make PYTHON=/path/to/python3 ...` chooses another.
PYTHON ?= $(shell for python in python3 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$python" && break; done)

PIP := $(PY) -m pip --disable-pip-version-check --no-input -q
UV_COMPILE := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command 'make lock' --quiet

.DEFAULT_GOAL := help
.PHONY: help install run test lint docs lock clean

help:  ## Print what each target does
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 18

install: $(VENV)/installed  ## Make .venv and install the project into it (the other targets do so by themselves)

run: install  ## Code the sample notes and print the result
	@$(VENV)/bin/rehabcoder code data/sample

test: install  ## Run the tests; at the end stands what was skipped and why
	@$(PY) -m pytest

lint: install  ## Check style and types
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy

docs: install  ## Write the outputs shown in README.md and docs/ anew, and the command reference
	@$(VENV)/bin/typer rehabcoder.cli utils docs --name rehabcoder --title Commands --output docs/cli.md
	@$(PY) docs/tools/data_card.py --write
	@$(PY) docs/tools/console.py --write

lock:  ## Choose the newest versions anew (needs uv and the network)
	$(UV_COMPILE) --upgrade --extra io --extra review --extra train --group test --group lint -o requirements.lock
	$(UV_COMPILE) --upgrade --extra spark --constraint requirements.lock -o requirements-spark.lock

clean:  ## Remove .venv and what builds and tests left behind
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis

# Each stamp is written only after its step has succeeded, so that an interrupted installation is taken up again.
$(VENV)/locked: requirements.lock
	@test -n "$(PYTHON)" || { echo "make: Python 3.11 or newer is needed and was not found. Name one: make PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PY) -m pip --version >/dev/null 2>&1 || { echo "Making $(VENV) with $(PYTHON)"; $(PYTHON) -m venv --clear $(VENV); }
	@echo "Installing the packages of requirements.lock into $(VENV) (once; a few minutes)"
	@$(PIP) install --require-hashes -r requirements.lock
	@touch $@

$(VENV)/installed: $(VENV)/locked pyproject.toml
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@
