# Everything that a person or a machine does with this project. Needs only make and Python 3.12 or newer.
# Variables: PYTHON=/path/to/python  VENV=folder  DEMO=input folder  DEMO_SECONDS=10  PYTEST_ARGS="-k name"
# EXTRACT=roads.osm.pbf  RELIABILITY_ARGS="-rP" (shows how much was killed, repeated and acknowledged)
# RELIABILITY_MARK="reliability and not generated" (leaves out the minutes of generated calls)

PYTHON ?=
VENV ?= .venv
DEMO ?= examples/pearl_river_delta
DEMO_OUT ?= out/demo
DEMO_SECONDS ?= 10
# One more than cores: tests of processes and databases wait for them.
PYTEST_ARGS ?= -n $(shell expr $$(nproc 2>/dev/null || echo 2) + 1)
RELIABILITY_ARGS ?= -n 3
RELIABILITY_MARK ?= reliability
RELIABILITY_PATHS ?= tests/reliability tests/api/cli

BIN := $(VENV)/bin
BOSTON := $(addprefix out/boston/,today allston charlestown downtown mattapan)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
USABLE := import ensurepip, ssl, sys, venv; sys.exit(sys.version_info < (3, 12))
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --no-config --upgrade --universal --python-version 3.12 \
	--generate-hashes --no-annotate --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock"

.DEFAULT_GOAL := help
.PHONY: help setup setup-roads setup-service setup-cluster setup-dev demo demo-serve picture picture-coverage picture-scenarios test postgresql reliability lint types contracts check format lock clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-16s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.installed ## make .venv with what planning needs, and the command .venv/bin/callout

setup-roads: $(VENV)/.installed $(VENV)/.roads ## add what roads need: extracts, maps, routing servers, geocoding

setup-service: $(VENV)/.installed $(VENV)/.service ## add what `callout serve` needs

setup-cluster: $(VENV)/.installed $(VENV)/.cluster ## add what `--ray` needs, and what roads need

setup-dev: $(VENV)/.installed $(VENV)/.dev ## add what tests and checks need

demo: setup ## plan the demo day into out/demo, and check the plan
	@mkdir -p $(DEMO_OUT)
	$(BIN)/callout plan $(DEMO) --out $(DEMO_OUT)/plan.json --html $(DEMO_OUT)/report.html \
		--geojson $(DEMO_OUT)/routes.geojson --seconds $(DEMO_SECONDS) --seed 1
	$(BIN)/callout check $(DEMO) $(DEMO_OUT)/plan.json

demo-serve: setup-service ## serve the demo day; prints the address and logins, ends with Ctrl-C
	$(BIN)/callout serve --demo $(DEMO)

test: setup-dev ## run all tests
	$(BIN)/python -m pytest $(PYTEST_ARGS)

postgresql: setup-dev ## run the service's tests once more, on PostgreSQL
	$(BIN)/python -m pytest -m postgresql tests/api/service $(PYTEST_ARGS)

reliability: setup-dev ## kill processes and databases under load, and count what is left (some minutes)
	$(BIN)/python -m pytest -m "$(RELIABILITY_MARK)" $(RELIABILITY_PATHS) $(RELIABILITY_ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev
	$(BIN)/mypy

contracts: setup-dev
	$(BIN)/lint-imports

check: lint types contracts test ## all that a change must pass: lint, types, import contracts, tests

format: setup-dev ## put the code into the house format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

picture: setup ## make the README's picture of the report (needs chromium)
	$(BIN)/callout plan $(DEMO) --out out/picture/plan.json --html out/picture/report.html --seconds 10 --seed 1 --quiet
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking --no-first-run \
		--user-data-dir=out/picture/profile --window-size=1440,1250 --screenshot=docs/images/report.png \
		file://$(abspath out/picture/report.html)

picture-coverage: setup-roads ## make the picture of coverage in docs (needs chromium and EXTRACT=liechtenstein.osm.pbf)
	$(BIN)/callout geo coverage examples/liechtenstein --roads $(EXTRACT) --html out/picture/coverage.html --quiet
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking --no-first-run \
		--user-data-dir=out/picture/profile --window-size=1440,960 --screenshot=docs/images/coverage_liechtenstein.png \
		file://$(abspath out/picture/coverage.html)

picture-scenarios: setup-roads ## make the pictures of scenarios in docs (needs chromium and ../shared/bench/tickets; 3 minutes)
	$(BIN)/python -m examples.make_boston_sites
	$(BIN)/callout scenario run examples/boston_sites/*.toml --out out/boston --quiet
	$(BIN)/callout scenario compare $(BOSTON) --out out/boston/report
	chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --disable-background-networking --no-first-run \
		--user-data-dir=out/picture/profile --window-size=1320,640 --screenshot=docs/images/scenarios.png \
		file://$(abspath out/boston/report/report.html)

lock: setup-dev ## pin the newest versions that pyproject.toml allows
	$(LOCK) --group build --output-file requirements.txt
	$(LOCK) --group build --extra roads --constraints requirements.txt --output-file requirements-roads.txt
	$(LOCK) --group build --extra service --constraints requirements.txt --output-file requirements-service.txt
	$(LOCK) --group build --extra roads --extra cluster --constraints requirements-roads.txt \
		--output-file requirements-cluster.txt
	$(LOCK) --group build --extra roads --extra service --extra cluster --group dev \
		--constraints requirements-cluster.txt --constraints requirements-service.txt --output-file requirements-dev.txt

clean: ## remove .venv, caches and output
	rm -rf $(VENV) build dist out *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Each name is tried in every folder of PATH: a version manager may leave a stand-in there that does not run,
# and a system's Python may lack the modules that make a virtual environment.
$(VENV)/.planning: requirements.txt
	@if [ -n "$(PYTHON)" ]; then \
		found="$(PYTHON)"; \
		"$$found" -c "$(USABLE)" || { echo "PYTHON=$$found is not a working Python >= 3.12 with venv" >&2; exit 1; }; \
	else \
		found=""; IFS=:; \
		for name in python3.13 python3.12 python3.14 python3 python; do \
			for folder in $$PATH; do \
				if [ -z "$$found" ] && [ "$$folder" != "$(abspath $(BIN))" ] && \
					"$$folder/$$name" -c "$(USABLE)" >/dev/null 2>&1; then found="$$folder/$$name"; fi; \
			done; \
		done; \
		[ -n "$$found" ] || { echo "No Python >= 3.12 with venv on PATH: install one (Debian: python3 and" \
			"python3-venv), or name it with make PYTHON=/path/to/python" >&2; exit 1; }; \
	fi; \
	echo "setting up $(VENV) with $$found"; \
	"$$found" -m venv --clear $(VENV)
	$(PIP) install --no-compile --require-hashes --requirement requirements.txt
	@touch $@

$(VENV)/.installed: $(VENV)/.planning pyproject.toml
	$(PIP) install --no-deps --no-build-isolation --editable .
	$(BIN)/callout warm
	@touch $@

$(VENV)/.roads: requirements-roads.txt $(VENV)/.planning | $(VENV)/.installed
	$(PIP) install --no-compile --require-hashes --requirement requirements-roads.txt
	$(BIN)/callout warm
	@touch $@

$(VENV)/.service: requirements-service.txt $(VENV)/.planning | $(VENV)/.installed
	$(PIP) install --no-compile --require-hashes --requirement requirements-service.txt
	@touch $@

$(VENV)/.cluster: requirements-cluster.txt $(VENV)/.planning | $(VENV)/.installed
	$(PIP) install --no-compile --require-hashes --requirement requirements-cluster.txt
	@touch $@

$(VENV)/.dev: requirements-dev.txt $(VENV)/.planning | $(VENV)/.installed
	$(PIP) install --no-compile --require-hashes --requirement requirements-dev.txt
	$(BIN)/callout warm
	@touch $@
