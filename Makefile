# Tenure 续航. `make` lists the verbs; each does its own set-up, and only what changed since.
.DEFAULT_GOAL := help
.PHONY: help setup demo run test quick check bench chaos year docs

BIN := .venv/bin
RUNTIME := core postgres analytics ml documents channels
EVERYTHING := $(RUNTIME) dev e2e
# Passed on: make demo ARGS="--business saas", make test ARGS="tests/kernel -x"
ARGS ?=

RUNTIME_READY := .venv/.runtime
EVERYTHING_READY := .venv/.everything
PAGES_READY := src/tenure/surfaces/static/vendor/.ready
CATALOGUES_READY := .venv/.catalogues
CATALOGUES := $(wildcard src/tenure/surfaces/locale/*/LC_MESSAGES/*.po)
SET_UP := pyproject.toml tools/environment.sh tools/find_python.sh

# Programs start from what was compiled once, also where the machine's habit is not to keep it.
export PYTHONDONTWRITEBYTECODE :=

# Two ways lead to the environment, and pip may not run twice at once.
.NOTPARALLEL:

help:  ## list these verbs
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/'

setup: $(EVERYTHING_READY) $(PAGES_READY) $(CATALOGUES_READY)  ## install what the demo and the tests need

demo: $(RUNTIME_READY) $(PAGES_READY) $(CATALOGUES_READY)  ## build a seeded business, run the loop on it, serve the console
	@$(BIN)/tenure demo $(ARGS)

run: $(RUNTIME_READY) $(PAGES_READY) $(CATALOGUES_READY)  ## serve the console, the portal and the API, with the worker
	@$(BIN)/tenure serve $(ARGS)

test: setup  ## run every test, PostgreSQL and the browser too
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

quick: setup  ## run the fast tests: no browser, no PostgreSQL, nothing slow
	@$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder --quick $(ARGS)

check: setup  ## read the code: lint, format, types, imports, security, templates, house style
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/mypy
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src
	@$(BIN)/djlint --quiet --lint src/tenure/surfaces/templates
	@$(BIN)/deptry src
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder -m "not slow and not postgres and not browser" tests/house

bench: setup  ## measure speed and memory into docs/reference/benchmarks.md
	@$(BIN)/python -m benchmarks $(ARGS)

chaos: setup  ## kill senders while providers go wrong, and count what arrived
	@$(BIN)/python -m benchmarks.chaos $(ARGS)

year: setup  ## live a year with 20,000 customers and look for one message that broke a rule
	@$(BIN)/python -m benchmarks.year $(ARGS)

docs: setup  ## draw docs/reference/ anew from the code
	@$(BIN)/python -m tools.reference

$(RUNTIME_READY): $(SET_UP) requirements/build.txt $(RUNTIME:%=requirements/%.txt)
	@VERB="$(MAKECMDGOALS)" sh tools/environment.sh $(RUNTIME)
	@touch $@

$(EVERYTHING_READY): $(SET_UP) requirements/build.txt $(EVERYTHING:%=requirements/%.txt)
	@VERB="$(MAKECMDGOALS)" sh tools/environment.sh $(EVERYTHING)
	@touch $@ $(RUNTIME_READY)

# The environment must stand first, and its age says nothing about these.
$(PAGES_READY): package.json package-lock.json tools/pages.py | $(RUNTIME_READY)
	@$(BIN)/python -m tools.pages

$(CATALOGUES_READY): $(CATALOGUES) tools/catalogues.py | $(RUNTIME_READY)
	@$(BIN)/python -m tools.catalogues
	@touch $@
