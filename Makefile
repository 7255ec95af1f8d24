# Two commands on a fresh machine: make demo, make test.  `make` alone lists the targets.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES := adapters agents bridges config core_integrator security services telemetry

HUB_PORT ?= 8001
VIDEO_PORT ?= 5002
CREATOR_PORT ?= 5001
DATA_DIR ?= var
WORKERS ?= 1
TEST ?= 0
SOAK_S ?= 600

.DEFAULT_GOAL := help
.PHONY: help install install-test demo up serve doctor test test-full lint format types imports tests soak sheet bench lock clean

help: ## List the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "%-14s %s\n", $$1, $$2}'

# A file that is newer than its lock file says that the environment is complete.
$(VENV)/.installed: requirements/generators.txt requirements/build.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/generators.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.installed-test: requirements/test.txt requirements/build.txt pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --require-hashes -r requirements/test.txt -r requirements/build.txt
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.installed

install: $(VENV)/.installed ## Make .venv with the hub and the reference generators

install-test: $(VENV)/.installed-test ## The same, with everything the tests need

demo: install ## Make a real film through POST /core, then stop everything
	$(BIN)/integrator demo

up: install ## Run hub and generators until Ctrl-C (HUB_PORT= VIDEO_PORT= CREATOR_PORT= DATA_DIR= WORKERS= TEST=1)
	$(BIN)/integrator up --hub-port $(HUB_PORT) --video-port $(VIDEO_PORT) --creator-port $(CREATOR_PORT) \
	  --data-dir $(DATA_DIR) \
	  --workers $(WORKERS) $(if $(filter 1,$(TEST)),--test)

serve: install ## Run the hub alone
	$(BIN)/integrator serve --port $(HUB_PORT) --data-dir $(DATA_DIR) --workers $(WORKERS)

doctor: install ## Say what is missing here, and what to type
	$(BIN)/integrator doctor

test: lint types imports tests ## Lint, types, import rules and tests: what CI runs

test-full: test ## The same, then the long suites: fuzzing, mutations, random lives of the memory
	$(BIN)/pytest -m long -rP

lint: install-test ## Style
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: install-test ## Mend style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: install-test ## Types, strictly
	$(BIN)/mypy

imports: install-test ## Who may import whom
	$(BIN)/lint-imports

# Most of a test's time is waiting for programs: two at once, a file at a time.
tests: install-test ## Behaviour
	$(BIN)/pytest -n 2 --dist loadfile

soak: install-test ## Real programs under random kills, then every row is accounted for (SOAK_S=600)
	$(BIN)/python -m tests.soak --seconds $(SOAK_S)

sheet: install-test ## Draw the contact sheet of films in docs/
	$(BIN)/python -m bench.contact_sheet docs/contact_sheet.jpg

bench: install-test ## Measure ratios against the limits of the same run, and write docs/benchmarks.md
	$(BIN)/python -m bench

lock: install-test ## Lock the dependencies anew, with hashes and without any address
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile requirements/build.in --output-file requirements/build.txt $(LOCK)
	$(BIN)/uv pip compile pyproject.toml --output-file requirements/base.txt $(LOCK)
	$(BIN)/uv pip compile pyproject.toml --extra generators --output-file requirements/generators.txt $(LOCK)
	$(BIN)/uv pip compile pyproject.toml --extra generators --extra test --output-file requirements/test.txt $(LOCK)

LOCK := --quiet --upgrade --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --universal --python-version 3.11

clean: ## Remove what was made here
	rm -rf $(VENV) var dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis
