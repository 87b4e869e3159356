# A thin wrapper over bootstrap.py, which does the same without make.
.DEFAULT_GOAL := help
.PHONY: help setup run test bench simulate fuzz lives lint screenshots locks
PYTHON ?= python3
COMPILE := .venv/bin/python -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
ifdef PORT
export PORT
endif

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Create .venv from the lock file
	@$(PYTHON) bootstrap.py setup

run: ## Start Pilotage with a demo portfolio on http://127.0.0.1:8000 (PORT=8001 for another port)
	@$(PYTHON) bootstrap.py run

test: ## Run all checks and tests, and say what had to be left out (ARGS="tests/gates -k overdue" for some)
	@$(PYTHON) bootstrap.py test $(ARGS)

bench: ## Measure the main pages against a bare Django page
	@$(PYTHON) bootstrap.py bench $(ARGS)

simulate: ## See how often the rules about KPIs err, on made-up pilots (ARGS=1000 for fewer than 10,000 of each kind)
	@$(PYTHON) bootstrap.py simulate $(ARGS)

fuzz: ## Send the API many more requests by chance, held against its schema (FUZZ_EXAMPLES=1000 for more)
	@FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-200} $(PYTHON) bootstrap.py test tests/api/test_schema.py

lives: ## Live two hundred lives of gates, with every action in any order by anybody
	@HYPOTHESIS_PROFILE=deep $(PYTHON) bootstrap.py test tests/flows/test_gate_life.py

lint: ## Check style, types, imports and settings only
	@$(PYTHON) bootstrap.py lint

screenshots: ## Take pictures of the main pages into screenshots/
	@$(PYTHON) bootstrap.py screenshots $(ARGS)

locks: setup ## Renew the three lock files from pyproject.toml with the newest versions that fit
	@echo uv | $(COMPILE) --upgrade --no-annotate - -o bootstrap.lock
	@$(COMPILE) --upgrade pyproject.toml -o requirements.lock
	@$(COMPILE) --upgrade --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock
