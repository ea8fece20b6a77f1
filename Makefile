# Everything that a checkout needs, from nothing but python3 (3.11 to 3.13) and make. `make help` lists the targets.

SHELL := /bin/sh
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
SOURCES := src tests tools $(wildcard bench)
PYTEST_ARGS ?= --numprocesses=auto --dist=worksteal

SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
LOCK := $(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --no-header \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --annotation-style=line --newline=lf

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: install
install: $(STAMP) ## make .venv and install what the lock names (PYTHON=… chooses the interpreter)

# An environment knows its own path: one that came along with a moved or copied checkout is made anew.
ifeq ($(shell grep -scF '$(CURDIR)/$(VENV)' $(VENV)/pyvenv.cfg),0)
$(STAMP): moved
endif

.PHONY: moved
moved:
	rm -rf $(VENV)

$(STAMP): requirements-dev.lock pyproject.toml
	@python=; for each in $(PYTHON) $(if $(PYTHON),,python3 python3.13 python3.12 python3.11); do \
		if "$$each" -c '$(SUPPORTED)' 2>/dev/null; then python=$$each; break; fi; done; \
	if [ -z "$$python" ]; then \
		echo "nacre needs CPython 3.11, 3.12 or 3.13: install one, or name it, as in make install PYTHON=/path/to/python3.12" >&2; \
		exit 1; \
	fi; \
	if $(BIN)/python -m pip --version >/dev/null 2>&1 && $(BIN)/python -c '$(SUPPORTED)'; then exit 0; fi; \
	if "$$python" -m venv --clear $(VENV); then exit 0; fi; \
	echo "this python3 has no ensurepip (Debian: apt-get install python3-venv); trying its own pip" >&2; \
	"$$python" -m venv --clear --without-pip $(VENV) && "$$python" -m pip --python $(BIN)/python install --quiet pip || { \
		echo "no way to get pip into $(VENV): install python3-venv, or give make another python with PYTHON=" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

.PHONY: demo
demo: $(STAMP) ## sample logs in, report out, in a temporary store
	@$(BIN)/nacre demo

.PHONY: test
test: $(STAMP) ## all tests; the last lines say which real components took part
	@$(BIN)/python -m pytest $(PYTEST_ARGS)

.PHONY: check
check: $(STAMP) ## what a change must pass: format, lint, types, floors, documentation, tests
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/docs.py --check
	@$(MAKE) --no-print-directory test

.PHONY: format
format: $(STAMP) ## format and sort imports in place
	$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	$(BIN)/ruff format $(SOURCES)

.PHONY: docs
docs: $(STAMP) ## write docs/reference from the code
	$(BIN)/python tools/docs.py

.PHONY: bench
bench: $(STAMP) ## load real logs with whole commands; print rates, CPU, memory and bytes per event
	$(BIN)/python bench/load.py

.PHONY: lock
lock: $(STAMP) ## pin the newest versions that pyproject.toml allows, with hashes
	$(LOCK) --upgrade --output-file=requirements.lock pyproject.toml
	$(LOCK) --upgrade --constraint=requirements.lock --extra=dev --output-file=requirements-dev.lock pyproject.toml

.PHONY: clean
clean: ## remove what make made
	rm -rf $(VENV) .e2e build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
