# `make demo` and `make test` are the two to know; `make` alone lists the rest. Works with GNU make 3.81 and newer.
SHELL := /bin/sh
.DEFAULT_GOAL := help

VENV ?= .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

# The first Python that is new enough; `make PYTHON=/path/to/python demo` overrides it.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# What the lock says is installed when a file named after the lock's checksum is there: nothing else is asked.
sum = $(shell cat pyproject.toml $(1) | cksum | cut -d ' ' -f 1)
RUN := $(VENV)/.run-$(call sum,requirements.lock)
DEV := $(VENV)/.dev-$(call sum,requirements-dev.lock)

.PHONY: help
help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1|/p' Makefile | awk -F '|' '{ printf "make %-10s %s\n", $$1, $$2 }'

.PHONY: setup
setup: $(DEV) ## install everything for development into .venv, as locked

.PHONY: demo
demo: $(RUN) ## scan a demo account served on this machine; reports go to demo-report/
	$(BIN)/surefoot demo --fail-on never

.PHONY: test
test: $(DEV) ## run the fast tests (ARGS="-k name" chooses some)
	$(BIN)/python -m pytest -n auto $(ARGS)

.PHONY: test-slow
test-slow: $(DEV) ## run the slow tests: the wheel, end to end, many random configurations
	$(BIN)/python -m pytest -m slow -n auto --dist loadfile $(ARGS)

# A lock without addresses: npm asks whatever registry it is set to, and compares the checksum. Its install script,
# which newer versions of npm do not run, makes the binary executable and nothing else.
MULTITOOL := tests/multitool

.PHONY: multitool
multitool: $(MULTITOOL)/node_modules/.made ## install the official SARIF checker for the slow tests (needs npm)

$(MULTITOOL)/node_modules/.made: $(MULTITOOL)/package.json $(MULTITOOL)/package-lock.json
	@command -v npm >/dev/null || { echo "npm was not found: install Node.js, or go without the official SARIF checker" >&2; exit 1; }
	cd $(MULTITOOL) && npm ci --ignore-scripts --no-audit --no-fund
	chmod u+x $(MULTITOOL)/node_modules/@microsoft/sarif-multitool-*/Sarif.Multitool*
	@touch $@

.PHONY: coverage
coverage: $(DEV) ## say which branches neither the fast tests take nor those that run the command
	$(BIN)/python -m pytest -n auto --cov --cov-report= --cov-fail-under=0
	$(BIN)/python -m pytest -m slow -n auto --dist loadfile --cov --cov-append --cov-report=term \
		--deselect tests/end_to_end/test_refused.py --ignore tests/refusals --ignore tests/exposure $(ARGS)

.PHONY: check
check: $(DEV) ## lint, format, types, and which way imports run
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	git ls-files 'tests/**conftest.py' | xargs -n 1 $(BIN)/mypy
	$(BIN)/lint-imports --no-cache

.PHONY: format
format: $(DEV) ## format the code and mend what the linter can mend
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

.PHONY: bench
bench: $(DEV) ## measure time, memory and calls
	$(BIN)/python tests/bench/run.py $(ARGS)

.PHONY: docs
docs: $(DEV) ## write the pages of the rules into docs/ from the rules themselves
	$(BIN)/surefoot rules docs -o docs

.PHONY: new-rule
new-rule: $(DEV) ## start a rule: make new-rule ID=bucket-without-owner
	@test -n "$(ID)" || { echo "usage: make new-rule ID=bucket-without-owner" >&2; exit 2; }
	$(BIN)/surefoot rules new $(ID)

.PHONY: record
record: $(DEV) ## make the estate in fixtures/terraform anew: its state, its answers, and what is read of them
	$(BIN)/python tests/iac/estate.py

.PHONY: wheel
wheel: $(DEV) ## build the wheel into dist/
	$(BIN)/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

# Pins and hashes for every platform at once, and no index's address, so that any mirror can serve them.
# The newest of all is taken; `make lock UPGRADE=` keeps what still fits.
UPGRADE ?= --upgrade
LOCKER := $(VENV)-lock
COMPILE = $(BIN:$(VENV)%=$(LOCKER)%)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--strip-extras --custom-compile-command "make lock" --no-emit-package surefoot --group build $(UPGRADE)

.PHONY: lock
lock: ## pin what pyproject.toml asks for, with hashes
	$(PYTHON) -m venv $(LOCKER)
	$(BIN:$(VENV)%=$(LOCKER)%)/python -m pip install --quiet --disable-pip-version-check uv==0.13.9
	$(COMPILE) --extra demo -o requirements.lock pyproject.toml
	$(COMPILE) --extra azure --extra gcp --extra iac -c requirements.lock -o requirements-action.lock pyproject.toml
	$(COMPILE) --extra dev -c requirements.lock -c requirements-action.lock -o requirements-dev.lock pyproject.toml

.PHONY: clean
clean: ## remove what these targets made, .venv too
	rm -rf $(VENV) $(LOCKER) $(MULTITOOL)/node_modules build dist demo-report bench-report htmlcov .coverage .coverage.* \
		.hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find scanner rules tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer was not found: install the package python3.11 (or a newer python3)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "$(PYTHON) is not Python 3.11 or newer" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { $(PYTHON) -c 'import sys; sys.exit("Python has no venv module: install the package python%d.%d-venv (or python3-venv)" % sys.version_info[:2])'; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(RUN): | $(VENV)/.made
	@echo "Installing into $(VENV), once" >&2
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.run-* && touch $@

$(DEV): | $(VENV)/.made
	@echo "Installing into $(VENV), once" >&2
	$(PIP) --require-hashes -r requirements-dev.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@rm -f $(VENV)/.run-* $(VENV)/.dev-* && touch $(RUN) $@
