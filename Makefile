# gridcase: `make run` starts it, `make test` checks it, `make help` lists the rest.
.SILENT:
.SUFFIXES:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
SHELL := /bin/sh

BIN := .venv/bin
UV ?= uv
WORKERS ?= 2

# make run PORT=8080 HOST=192.168.1.2
ifdef PORT
export GRIDCASE_PORT := $(PORT)
endif
ifdef HOST
export GRIDCASE_HOST := $(HOST)
endif

# make run HTTPS=1: a phone in the same network can try the demo, whose persons are invented
ifneq ($(filter-out 0 no,$(HTTPS)),)
export GRIDCASE_OWN_HTTPS := 1
export GRIDCASE_HOST ?= 0.0.0.0
export GRIDCASE_DEMO_ANYWHERE ?= 1
endif

install = python=$$(deploy/find_python.sh) && "$$python" -m deploy.bootstrap $(1)

.PHONY: run test setup bench soak mutants trial format lock help

run: ## install what is missing and start gridcase with its demo (PORT=, HOST=, HTTPS=1 for phones)
	$(call install,run) && exec $(BIN)/gridcase run

test: ## lint, types, import contracts and every test on both databases
	$(call install,test)
	$(BIN)/ruff check --quiet .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy --no-error-summary
	$(BIN)/lint-imports --no-cache > .gridcase/lint-imports.log || { cat .gridcase/lint-imports.log; exit 1; }
	exec $(BIN)/python -m pytest -q -n $(WORKERS) --dist worksteal

setup: ## install everything that make run needs, start nothing
	$(call install,run)

bench: ## measure speed against the floors
	$(call install,test) && $(BIN)/python -m benchmarks && exec $(BIN)/python -m benchmarks.town_map

soak: ## the full figures of the long tests, resumable, into docs/soak.csv
	$(call install,test) && exec $(BIN)/python -m tests.soak

mutants: ## plant faults one by one; each must turn its named test red
	$(call install,test) && exec $(BIN)/python -m tests.mutants

trial: ## import real input and say what came of it (REAL=folder)
	test -n "$(REAL)" || { echo "make trial REAL=folder"; exit 2; }
	$(call install,run) && exec $(BIN)/gridcase trial --real "$(REAL)"

format: ## put code into the house's form
	$(call install,test) && $(BIN)/ruff check --fix --quiet . && exec $(BIN)/ruff format .

compile = $(UV) pip compile --quiet --upgrade --universal --python-version 3.11 \
    --generate-hashes --no-header --no-annotate

lock: ## renew the pinned versions (needs uv and npm)
	$(compile) pyproject.toml --group build -o requirements.lock
	$(compile) --group dev -c requirements.lock -o requirements-dev.lock
	$(compile) --group node -o requirements-node.lock
	npm install --package-lock-only --ignore-scripts

help: ## this list
	sed -n 's/^\([a-z]*\): .*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12
