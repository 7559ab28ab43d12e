# Two commands do all the set-up: `make` runs the system, `make test` passes the tests.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := all
PYTHON ?= python3
PY := .venv/bin/python
# pip 23 trips over extras in a lock file; the lock is complete, so that nothing is to be resolved
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes
# rules, scrapes and receivers are mounted files: Compose sees no change in them
COMPOSE_UP := docker compose up --detach --build --wait && \
  docker compose kill --signal HUP prometheus alertmanager
HAVE_DOCKER = docker info >/dev/null 2>&1
URL ?= http://127.0.0.1:$(call port,BELVEDERE_BIKE_API_PORT)
CHURN_URL ?= http://127.0.0.1:$(call port,BELVEDERE_CHURN_API_PORT)
# the environment goes before .env, as it does for the stack
port = $${$(1):-$$(sed -n 's/^$(1)=//p' .env | tail -n 1 | tr -d '\042\047\015 ')}
# whether this project runs in containers now
IN_DOCKER = $(HAVE_DOCKER) && [ -n "$$(docker compose ps --quiet 2>/dev/null)" ]

# first, so that no worker is left alone with them at the end
LONG_TESTS = tests/e2e/test_console.py tests/deployment tests/e2e tests/model_service

.PHONY: all install dev stop status logs evaluation churn-evaluation churn-retrain traffic fire-alert train clean lock check format test bench \
	screenshots chromium help env generate backup restore archive

all: env ## Start the whole system: with Docker Compose where an engine answers, else natively
	@if $(HAVE_DOCKER); then $(COMPOSE_UP); else $(MAKE) --no-print-directory native; fi

.PHONY: native
native: install
	@$(PY) -m deployment.local up

env:
	@$(PYTHON) deployment/local/env_file.py

install: .venv/.installed ## Make the environment in .venv

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: Python 3.11 or newer is needed; $(PYTHON) is older: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "error: python3-venv is missing: apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the environment (once, a minute or two) ..."
	@$(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  $(PYTHON) -m venv --clear .venv
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

dev: .venv/.installed-dev

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

# without the environment, too: who removed it still wants an end
stop: env ## Stop everything
	@if $(IN_DOCKER); then docker compose down; fi
	@if $(PY) -c 'import supervisor, yaml' 2>/dev/null; then $(PY) -m deployment.local down; \
	else $(PYTHON) -m deployment.local.processes; fi

status: env ## What runs
	@if $(IN_DOCKER); then docker compose ps; \
	else $(MAKE) --silent install && $(PY) -m deployment.local status; fi

logs: env ## Follow the logs
	@if $(IN_DOCKER); then docker compose logs --follow --tail 20; \
	else $(MAKE) --silent install && $(PY) -m deployment.local logs; fi

evaluation: install env ## Evaluate the three weeks of February 2011
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.run_evaluation --url "$(URL)"

churn-evaluation: install env ## Evaluate the users of February 2024 (WINDOW=month_001_new_users)
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.run_window --url "$(CHURN_URL)" \
	  --window $(or $(WINDOW),month_001)

churn-retrain: install ## Train a churn challenger, promote it if it is better, show both
	@if $(HAVE_DOCKER) && [ -n "$$(docker compose ps --quiet churn-api 2>/dev/null)" ]; then \
	  docker compose exec -T churn-api python -m model_service retrain churn; \
	  docker compose restart churn-api; \
	else BELVEDERE_DATA_DIR=.belvedere/data $(PY) -m model_service retrain churn; \
	  if $(PY) -m deployment.local status >/dev/null 2>&1 || [ $$? -eq 1 ]; then \
	    $(PY) -m deployment.local restart churn-api; fi; fi

traffic: install env ## Replay the hours of 2011 in this terminal
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.replay --url "$(URL)"

fire-alert: install env ## Fire the RMSE alert for real and follow it to the notification (ALERT=drift, SHIFT=summer)
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.fire_alert --url "$(URL)" \
	  --prometheus "http://127.0.0.1:$(call port,BELVEDERE_PROMETHEUS_PORT)" \
	  --alertmanager "http://127.0.0.1:$(call port,BELVEDERE_ALERTMANAGER_PORT)" \
	  --inbox "http://127.0.0.1:$(call port,BELVEDERE_INBOX_PORT)" \
	  $(if $(ALERT),--alert $(ALERT)) $(if $(SHIFT),--shift $(SHIFT))

train: install env ## Train the bike model and keep it
	@if $(IN_DOCKER); then docker compose exec -T bike-api python -m model_service train bike-sharing; \
	else BELVEDERE_DATA_DIR=.belvedere/data $(PY) -m model_service train bike-sharing; fi

clean: stop ## Stop, and remove the environment, the data (Docker: the volumes) and the tools (.env stays)
	@if $(HAVE_DOCKER); then docker compose --profile '*' down --volumes; fi
	@rm -rf .venv .belvedere .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

lock: dev ## Resolve pyproject.toml into the lock files
	@$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet -o requirements.lock
	@$(PY) -m uv pip compile pyproject.toml --extra dev -c requirements.lock --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
	  -o requirements-dev.lock

# asked once: the name must not change with the second in the middle of a recipe
ifndef ARCHIVE
ARCHIVE := backups/belvedere-$(shell date +%Y%m%d-%H%M%S).tar.gz
endif

backup: install ## Save log, evaluations, metrics and silences while all runs (ARCHIVE=name)
	@mkdir -p "$(dir $(ARCHIVE))"
	@if $(IN_DOCKER); then \
	  (umask 077; docker compose run --rm --no-TTY backup > "$(ARCHIVE).partial"); \
	  mv "$(ARCHIVE).partial" "$(ARCHIVE)"; $(PY) -m deployment.backup verify --archive "$(ARCHIVE)"; \
	else $(PY) -m deployment.backup save --archive "$(ARCHIVE)"; fi

restore: install ## Put a backup where nothing is yet (ARCHIVE=name); stop the stack first
	@if $(HAVE_DOCKER); then echo "error: a Docker engine runs here, so that the data is in volumes:" \
	  "docs/operations.md says how to restore into them (Backup and restore)." >&2; exit 1; fi
	@test -e "$(ARCHIVE)" || { echo "error: say which: make restore ARCHIVE=backups/NAME.tar.gz" >&2; exit 1; }
	@code=0; $(PY) -m deployment.local status >/dev/null 2>&1 || code=$$?; \
	  test $$code -eq 3 || { echo "error: the stack runs: make stop first" >&2; exit 1; }
	@$(PY) -m deployment.backup restore --archive "$(ARCHIVE)"

archive: ## A .tar of the tracked files of the last commit, in dist/
	@git rev-parse HEAD >/dev/null 2>&1 || \
	  { echo "error: the archive is made of a commit: git and the project's history are needed" >&2; exit 1; }
	@mkdir -p dist
	@git archive --format=tar --prefix=belvedere/ --output=dist/belvedere.tar HEAD
	@echo "wrote dist/belvedere.tar (commit $$(git rev-parse --short HEAD))"

format: dev ## Format the code
	@$(PY) -m ruff check --fix --quiet . && $(PY) -m ruff format --quiet .

check: dev ## Lint, types, import doors, promtool, amtool, shell and Docker lint
	@$(PY) -m deployment.check

# a file's tests share its servers, so they stay on one worker
test: dev chromium check ## Everything that CI runs: check, then unit, integration and browser tests
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(LONG_TESTS) tests

bench: dev ## Benchmarks: ratios measured side by side in one run (NAME=serving for one)
	@$(PY) -m tests.benchmarks $(NAME)

generate: dev ## Write rules and dashboards from the query catalogue
	@$(PY) -m deployment.generate

screenshots: dev chromium ## Pictures of every page of the running stack into docs/screenshots, of every state into .belvedere
	@$(PY) -m tests.e2e.screenshots --out docs/screenshots
	@$(PY) -m tests.e2e.screenshots --states --out .belvedere/screenshots

chromium:
	@bash deployment/local/chromium.sh

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16
