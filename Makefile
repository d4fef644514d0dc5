PYTHON ?= python3
VENV := .venv/bin
export PORT NEWSROOM_VAR ONLY SCALE LIST PEER

.PHONY: help setup run test lint bench prove screenshots requirements messages

help: ## What can be called
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 24

setup: ## Install everything into .venv, tests included
	@$(PYTHON) tools/bootstrap.py test

run: ## Install, prepare and serve the paper, the admin and the rehearsal platforms (PORT=8000)
	@exec $(PYTHON) tools/bootstrap.py run

test: setup ## Run the tests; says what it skipped
	@tools/test.sh

lint: setup ## Check style, types, layers, templates, migrations, messages
	@tools/lint.sh

bench: setup ## Quick measurements, a table and benchmarks/results.json (LIST=1, ONLY=name, SCALE=)
	@$(VENV)/python -m benchmarks.run bench

prove: setup ## Long proofs: chaos, volume (LIST=1, ONLY=name, SCALE=)
	@$(VENV)/python -m benchmarks.run prove

screenshots: setup ## Make docs/screenshots from a running demo
	@$(VENV)/python tools/make_screenshots.py

requirements: ## Pin requirements.in with hashes (needs uv)
	@uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements.in -o requirements.txt
	@cd tests && uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q requirements.in -o requirements.txt

messages: setup ## Merge and compile the Vietnamese catalogue
	@$(VENV)/python manage.py merge_messages
