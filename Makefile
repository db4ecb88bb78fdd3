# The commands of the house. Everything runs from the checkout; nothing is installed but what the
# locks in requirements/ name, into .venv.
.DEFAULT_GOAL := help
.PHONY: help demo test screens faults bench soak serve lint types house lock clean tools

export PYTHONPATH := $(CURDIR)
# A service is many short processes; without kept bytecode each would compile the whole of it anew.
unexport PYTHONDONTWRITEBYTECODE
PY := .venv/bin/python
UV ?= uv
# Options for pytest: make test ARGS="-k sqlite tests/gateway"
ARGS ?=
FAULTS ?=
WORKERS ?= 2
ROUNDS ?= 10000
PLAYS ?= 1000

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-15s %s\n", $$1, $$2}'

demo: ## set everything up and run the main job: from a class list to a released bundle
	@bin/set-up demo
	@$(PY) -m examples.demo

test: tools ## run the suite on SQLite and PostgreSQL, and the pages in Chromium
	@bin/os-packages chromium || echo "tests/browser is left out" >&2
	@$(PY) -m pytest -n $(WORKERS) --dist loadgroup $(ARGS)

screens: tools ## draw the pages of docs/screens anew in Chromium
	@bin/os-packages chromium
	@$(PY) -m tests.browser.screens

bench: ## measure every row of benchmarks/, or ARGS="intake http"; figures in var/bench.json
	@bin/set-up bench
	@$(PY) -m benchmarks $(ARGS)

faults: tools ## kill, stop, fill, cut and turn back what the service stands on (FAULTS="--only disk")
	@bin/os-packages faults || true
	@$(PY) -W ignore -m tests.faults.run $(FAULTS)

soak: tools ## run the races (ROUNDS) and the play of a whole collection (PLAYS) for hours
	@$(PY) -m pytest tests/races --rounds $(ROUNDS) -n $(WORKERS) --dist loadgroup $(ARGS)
	@$(PY) -m pytest tests/machine --examples $(PLAYS) -n $(WORKERS) --dist loadgroup $(ARGS)

serve: ## run the service on the embedded default (home: SOGLASIE_HOME, default var/home)
	@bin/set-up demo
	@[ -d "$${SOGLASIE_HOME:-var/home}/keys" ] || bin/soglasie init
	@bin/soglasie serve

lint: tools ## ruff: rules and format
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

types: tools ## mypy, strict
	@$(PY) -m mypy

house: tools ## imports point down, one commit, one reader of the environment, ...
	@$(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'
	@$(PY) -m pytest tests/test_house.py

lock: ## pin every dependency with hashes, from setup.cfg (needs uv: pipx install uv)
	@UV="$(UV)" bin/lock

clean: ## take away what can be made again: caches and demo data, not the home, not .venv
	@rm -rf var/demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -path ./.venv -prune -o -name __pycache__ -type d -print0 | xargs -0 rm -rf

tools:
	@bin/set-up test
