# `make` starts the system and `make test` runs the tests; both install what they need.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := all
PYTHON ?= python3
PY := .venv/bin/python
# --no-deps: pip 23 fails on extras in a lock file, and the lock names every package.
# --no-compile: Python compiles what it imports and keeps it, which is a third of the packages.
PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --no-deps \
  --require-hashes --no-compile
unexport PYTHONDONTWRITEBYTECODE
HAVE_COMPOSE = docker info >/dev/null 2>&1 && docker compose version >/dev/null 2>&1
# whether `make` runs the stack with Docker Compose; prints the reason if not
DOCKER_USABLE = bash deployment/docker/usable.sh
URL ?= http://127.0.0.1:$(call port,BELVEDERE_BIKE_API_PORT)
PETS_URL ?= http://127.0.0.1:$(call port,BELVEDERE_CATS_DOGS_API_PORT)
CHURN_URL ?= http://127.0.0.1:$(call port,BELVEDERE_CHURN_API_PORT)
# the environment overrides .env, as it does for the stack
port = $${$(1):-$$(sed -n 's/^$(1)=//p' .env | tail -n 1 | tr -d '\042\047\015 ')}
# whether this project runs in containers now
IN_DOCKER = $(HAVE_COMPOSE) && [ -n "$$(docker compose ps --quiet 2>/dev/null)" ]
# what changes the stack for a scenario of the traffic
FAULT_COMMAND = --fault-command "$(PY) -m deployment.faults $$(if $(IN_DOCKER); then echo --compose; fi)"

# more than cores, since many tests wait for a scrape, an alert or a page
WORKERS ?= 4

.PHONY: all native compose install dev stop status logs psql evaluation churn-evaluation churn-retrain traffic pets fire-alert train clean lock check format test bench \
	screenshots chromium help env generate backup restore archive

all: env ## Start the system: with Docker Compose if it can be used here, else natively
	@if reason=$$($(DOCKER_USABLE)); then $(MAKE) --no-print-directory compose; else \
	  if [ -n "$$reason" ]; then echo "$$reason Starting natively."; fi; \
	  $(MAKE) --no-print-directory native; fi

native: install ## Start the system without Docker
	@$(PY) -m deployment.local up

# Compose does not notice changes in mounted files: rules, targets and receivers are read again
compose: env ## Start the system with Docker Compose
	@docker compose up --detach --build --wait && \
	  docker compose kill --signal HUP prometheus alertmanager

env:
	@$(PYTHON) deployment/local/env_file.py

install: .venv/.installed ## Create the environment in .venv

.venv/.installed: requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "error: $(PYTHON) is older than Python 3.11: run make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || \
	  { echo "error: python3-venv is missing: run apt-get install python3-venv" >&2; exit 1; }
	@echo "Installing the environment (once, a minute or two) ..."
	@$(PY) -c 'import sys, pip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  $(PYTHON) -m venv --clear .venv
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

dev: .venv/.installed-dev

.venv/.installed-dev: .venv/.installed requirements-dev.lock
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

# also works after .venv was removed
stop: env ## Stop everything
	@if $(IN_DOCKER); then docker compose down; fi
	@if $(PY) -c 'import supervisor, yaml' 2>/dev/null; then $(PY) -m deployment.local down; \
	else $(PYTHON) -m deployment.local.processes; fi

status: env ## Show what runs
	@if $(IN_DOCKER); then docker compose ps; \
	else $(MAKE) --silent install && $(PY) -m deployment.local status; fi

logs: env ## Follow the logs
	@if $(IN_DOCKER); then docker compose logs --follow --tail 20; \
	else $(MAKE) --silent install && $(PY) -m deployment.local logs; fi

psql: install env ## Open a SQL session on the database of cats and dogs, which may only read
	@if $(IN_DOCKER); then docker compose exec $$([ -t 0 ] || echo -T) \
	  -e PGPASSWORD="$(call port,BELVEDERE_POSTGRES_READER_PASSWORD)" postgres \
	  psql --host=127.0.0.1 --username=belvedere_reader cats_dogs; \
	else $(PY) -m deployment.local psql; fi

evaluation: install env ## Evaluate the three weeks of February 2011
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.run_evaluation --url "$(URL)"

churn-evaluation: install env ## Evaluate the users of February 2024 (WINDOW=month_001_new_users)
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.run_window --url "$(CHURN_URL)" \
	  --window $(or $(WINDOW),month_001)

churn-retrain: install ## Train a churn challenger, promote it if it is better, compare both
	@if $(IN_DOCKER); then \
	  docker compose exec -T churn-api python -m model_service retrain churn; \
	  docker compose restart churn-api; \
	else BELVEDERE_DATA_DIR=.belvedere/data $(PY) -m model_service retrain churn; \
	  if $(PY) -m deployment.local status >/dev/null 2>&1 || [ $$? -eq 1 ]; then \
	    $(PY) -m deployment.local restart churn-api; fi; fi

traffic: install env ## Replay the traffic of 2011 in this terminal
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.replay --url "$(URL)"

pets: install env ## Send pictures of cats and dogs from this terminal (SCENARIO=dark, blur, other-species, slow, ...)
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.pets --url "$(PETS_URL)" $(FAULT_COMMAND) $(if $(SCENARIO),--scenario $(SCENARIO))

fire-alert: install env ## Fire the RMSE alert and follow it to its notification (ALERT=drift, SHIFT=summer; ALERT=low-confidence, slow, ...)
	@BELVEDERE_API_TOKEN="$(call port,BELVEDERE_API_TOKEN)" \
	  $(PY) -m demo.fire_alert --url "$(URL)" --pets-url "$(PETS_URL)" $(FAULT_COMMAND) \
	  --prometheus "http://127.0.0.1:$(call port,BELVEDERE_PROMETHEUS_PORT)" \
	  --alertmanager "http://127.0.0.1:$(call port,BELVEDERE_ALERTMANAGER_PORT)" \
	  --inbox "http://127.0.0.1:$(call port,BELVEDERE_INBOX_PORT)" \
	  $(if $(ALERT),--alert $(ALERT)) $(if $(SHIFT),--shift $(SHIFT)) \
	  $(if $(SCENARIO),--scenario $(SCENARIO))

train: install env ## Train the bike model and store it
	@if $(IN_DOCKER); then docker compose exec -T bike-api python -m model_service train bike-sharing; \
	else BELVEDERE_DATA_DIR=.belvedere/data $(PY) -m model_service train bike-sharing; fi

clean: stop ## Stop everything and remove .venv, data, Docker volumes and tools (keeps .env)
	@if $(HAVE_COMPOSE); then docker compose --profile '*' down --volumes; fi
	@rm -rf .venv .belvedere .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

lock: dev ## Resolve pyproject.toml into the lock files
	@$(PY) -m uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --no-emit-index-url --no-header --quiet -o requirements.lock
	@$(PY) -m uv pip compile pyproject.toml --extra dev -c requirements.lock --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --quiet \
	  -o requirements-dev.lock

# set once: the name must not change within a recipe
ifndef ARCHIVE
ARCHIVE := backups/belvedere-$(shell date +%Y%m%d-%H%M%S).tar.gz
endif

backup: install ## Save the databases, reports, metrics and silences of the running stack (ARCHIVE=name)
	@mkdir -p "$(dir $(ARCHIVE))"
	@if $(IN_DOCKER); then \
	  (umask 077; docker compose run --rm --no-TTY backup > "$(ARCHIVE).partial"); \
	  mv "$(ARCHIVE).partial" "$(ARCHIVE)"; $(PY) -m deployment.backup verify --archive "$(ARCHIVE)"; \
	else $(PY) -m deployment.backup save --archive "$(ARCHIVE)"; fi

restore: install ## Restore a backup into an empty stack (ARCHIVE=name); stop the stack first
	@if $(DOCKER_USABLE) >/dev/null; then echo "error: the data is in Docker volumes here:" \
	  "docs/operations.md (Backup and restore) says how to restore into them." >&2; exit 1; fi
	@test -e "$(ARCHIVE)" || \
	  { echo "error: name the archive: make restore ARCHIVE=backups/NAME.tar.gz" >&2; exit 1; }
	@code=0; $(PY) -m deployment.local status >/dev/null 2>&1 || code=$$?; \
	  test $$code -eq 3 || { echo "error: the stack is running: run make stop first" >&2; exit 1; }
	@$(PY) -m deployment.backup restore --archive "$(ARCHIVE)"

archive: ## Write the files of the last commit to dist/belvedere.tar
	@git rev-parse HEAD >/dev/null 2>&1 || \
	  { echo "error: an archive is made from a commit: install git and use a clone" >&2; exit 1; }
	@mkdir -p dist
	@git archive --format=tar --prefix=belvedere/ --output=dist/belvedere.tar HEAD
	@echo "wrote dist/belvedere.tar (commit $$(git rev-parse --short HEAD))"

format: dev ## Format the code
	@$(PY) -m ruff check --fix --quiet . && $(PY) -m ruff format --quiet .

check: dev ## Run the linters, mypy, the import contracts, promtool and amtool
	@$(PY) -m deployment.check

test: dev chromium ## Run what CI runs: the checks, then all tests beside the slow checks
	@$(PY) -m deployment.check --beside \
	  $(PY) -m pytest --numprocesses $(WORKERS) --dist loadgroup --no-loadscope-reorder

bench: dev ## Run the benchmarks, which measure side by side (NAME=serving for one)
	@$(PY) -m tests.benchmarks $(NAME)

generate: dev ## Generate rules and dashboards from the query catalogue, and the messages to translate
	@$(PY) -m deployment.generate
	@$(PY) -m evaluation.messages

# those that the docs show
SHOWN_SCREENSHOTS = overview-light-1440 drift-dark-1440

screenshots: dev chromium ## Take screenshots of the running stack and of all states into .belvedere, and copy those of the docs
	@$(PY) -m tests.e2e.screenshots --out .belvedere/screenshots
	@for name in $(SHOWN_SCREENSHOTS); do cp ".belvedere/screenshots/$$name.png" docs/screenshots/; done
	@$(PY) -m tests.e2e.screenshots --states --out .belvedere/screenshots

chromium:
	@bash deployment/local/chromium.sh

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## /  \1\t/p' $(MAKEFILE_LIST) | expand -t 16
