# Needs Python 3.11 or newer, make and git; everything else is installed into .venv (see `make install`).

PORT ?=
SPEED ?=
TESTS ?= tests
WORKERS ?= 2
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3.14 python3 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

BIN := .venv/bin
PIP_INSTALL = -m pip --disable-pip-version-check --no-input --quiet install
SOURCES := src tests frontend hatch_build.py
CATALOGUES := $(shell find src -name '*.po' 2>/dev/null)
ASSETS := src/esaylov/design/static/assets
FRONTEND := src/esaylov/design/palette.json $(shell find frontend \( -name node_modules -o -name build \) -prune -o -type f -print 2>/dev/null)
CHROMIUM := $(firstword $(foreach name,chromium chromium-browser google-chrome,$(shell command -v $(name) 2>/dev/null)))

.PHONY: help install demo test test-slow test-tools lint format bench judges browser clean

help:
	@echo 'make demo [PORT=8000] [SPEED=120|max] [HOLD=yes] [VOTERS=N]  set up, then replay a simulated election night on this machine'
	@echo 'make test [WORKERS=2]                  set up, then lint and all tests (slow ones: make test-slow)'
	@echo 'make install                           only the set-up: afterwards .venv/bin/esaylov is there'
	@echo 'make lint | format | bench | clean'

# --- set-up: each step leaves a stamp, so that a second run does nothing ---

.venv/stamp-python:
	@test -n '$(PYTHON)' || { echo 'Python 3.11 or newer was not found: install it, or name it: make PYTHON=/path/to/python' >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo '$(PYTHON) lacks venv and pip: on Debian, install the package python3-venv' >&2; exit 1; }
	$(PYTHON) -m venv .venv
	@touch $@

.venv/stamp-base: .venv/stamp-python requirements/base.txt pyproject.toml
	$(BIN)/python $(PIP_INSTALL) --require-hashes -r requirements/base.txt
	$(BIN)/python $(PIP_INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/stamp-messages: .venv/stamp-base $(CATALOGUES)
	@$(BIN)/python -m esaylov.server.messages
	@touch $@

.venv/stamp-dev: .venv/stamp-base requirements/dev.txt
	$(BIN)/python $(PIP_INSTALL) --require-hashes -r requirements/dev.txt
	@touch $@

# Node comes out of a Python package, so that nobody has to install it.
.venv/stamp-node: .venv/stamp-python requirements/frontend.txt
	$(BIN)/python $(PIP_INSTALL) --require-hashes -r requirements/frontend.txt
	@touch $@

$(ASSETS)/manifest.json: .venv/stamp-node $(FRONTEND)
	@$(BIN)/python frontend/build.py
	@touch $@

# Programs that nobody here wrote judge what we publish. One of them asks for a newer Python than it needs.
.venv-judges/stamp: .venv/stamp-python requirements/judges.txt
	$(BIN)/python -m venv .venv-judges
	.venv-judges/bin/python $(PIP_INSTALL) --no-deps --ignore-requires-python --require-hashes -r requirements/judges.txt
	@touch $@

judges: .venv-judges/stamp

browser:
ifeq ($(CHROMIUM),)
	@if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		export DEBIAN_FRONTEND=noninteractive; \
		apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core >/dev/null; \
	else \
		echo 'The tests need the browser Chromium: install the package chromium (Debian: apt-get install chromium)' >&2; \
		exit 1; \
	fi
endif

install: .venv/stamp-base .venv/stamp-messages $(ASSETS)/manifest.json

# --- use ---

demo: install
	@exec $(BIN)/esaylov demo $(if $(PORT),--port $(PORT)) $(if $(SPEED),--speed $(SPEED)) $(if $(HOLD),--hold) $(if $(VOTERS),--voters $(VOTERS))

bench: install
	@exec $(BIN)/esaylov bench

# --- tests ---

test-tools: install .venv/stamp-dev judges browser

# Processes share the modules, the longest first (tests/order.py).
TOGETHER := -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test: test-tools lint
	$(BIN)/python -m tests.running -m 'not slow' $(TOGETHER) $(TESTS)

# What needs the machine for itself follows in one process (5: there is nothing of that kind in TESTS).
test-slow: test-tools
	$(BIN)/python -m tests.running -m 'slow and not alone' $(TOGETHER) $(TESTS)
	$(BIN)/python -m tests.running -m 'slow and alone' $(TESTS) || [ $$? = 5 ]

lint: .venv/stamp-dev
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	@if [ -n "$$(find src -name '*.html' -print -quit)" ]; then $(BIN)/djlint --lint --quiet src; fi

format: .venv/stamp-dev
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

clean:
	rm -rf .venv .venv-judges build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
	rm -rf frontend/node_modules frontend/build $(ASSETS)
	find src -name '*.mo' -delete
