# Every target does its own set-up: .venv from hash-locked requirements, with uv when it is there, else pip.
PYTHON ?= python3
BIN := .venv/bin
CONFIG ?= config.yaml
UV := $(shell command -v uv 2>/dev/null)

.PHONY: run setup setup-dev test check format bench politeness oracle golden pictures fuzz lock smoke clean

run: setup            ## start the daemon on config.yaml
	@$(BIN)/wirewatch run -c $(CONFIG)

test: setup-dev       ## the whole suite; needs no network
	@$(BIN)/python -m pytest -q -n 3 $(ARGS)

check: setup-dev      ## format, lint, types, Dockerfile
	@$(BIN)/ruff format --check . && $(BIN)/ruff check . && $(BIN)/mypy && $(BIN)/hadolint Dockerfile && echo "check: all good"

format: setup-dev     ## let ruff put the code in order
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix .

smoke: setup-dev      ## a wheel in an empty environment delivers one alert
	@$(BIN)/python tests/smoke.py

bench: .venv/.bench   ## polls a second and memory, against a named peer and limits
	@$(BIN)/python -m bench.poll
	@$(BIN)/python -m bench.stories
	@$(BIN)/python -m bench.hub
	@$(BIN)/python -m bench.footprint
	@$(BIN)/python -m bench.books
	@$(BIN)/python -m bench.rules

politeness: setup-dev ## thirty simulated days: what publishers' logs say of us, written to docs/politeness.md
	@$(BIN)/python -m tests.sim.scorer

oracle: setup-dev     ## Lucene finds what our rules find; needs a JDK and liblucene8-java, says so without them
	@$(BIN)/python -m tests.oracles.lucene

golden: setup-dev     ## what Slack is given for a message of each kind, written anew; read the diff
	@$(BIN)/python -m tests.monitor.rendered && git diff --stat -- tests/monitor/golden

pictures: setup-dev   ## docs/pictures drawn from these; needs Chromium, says so without it
	@$(BIN)/python -m bench.pictures

fuzz: .venv/.fuzz     ## ten minutes of hostile rules and texts: nothing but a RuleError may escape
	@$(BIN)/python -m tests.fuzz.fuzz_rules -max_total_time=$(or $(SECONDS),600) $(ARGS)

setup: .venv/.run
setup-dev: .venv/.dev

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "wirewatch needs Python 3.11 or newer; name one with: make PYTHON=python3.12"; exit 1; }
ifdef UV
	@$(UV) venv -q --python $(PYTHON) .venv
else
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(get_venv)
	@$(PYTHON) -m venv .venv
endif

# Debian's python3 comes without its venv module. Root, as in a container, gets it; others are told how.
define get_venv
  { test "$$(id -u)" = 0 && command -v apt-get >/dev/null && \
    echo "Python's venv module is missing: installing python3-venv ..." && \
    { apt-get install -qq -y python3-venv >/dev/null 2>&1 || \
      { apt-get update -qq && apt-get install -qq -y python3-venv >/dev/null; }; }; } || \
  { echo "Python's venv module is missing; install it with: apt install python3-venv (or install uv)"; exit 1; }
endef

# The project itself comes last, without dependencies: they are all in the lock.
define install
	@echo "Installing into .venv (once; a minute or so) ..."
	$(if $(UV),@$(UV) pip install -q --python $(BIN)/python --require-hashes -r $(1) -r requirements-build.lock,\
	  @$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r $(1) -r requirements-build.lock)
	$(if $(UV),@$(UV) pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .,\
	  @$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .)
	@touch $@
endef

.venv/.run: requirements.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(call install,requirements.lock)

.venv/.dev: requirements-dev.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(call install,requirements-dev.lock)
	@touch .venv/.run

.venv/.bench: requirements-bench.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(call install,requirements-bench.lock)
	@touch .venv/.run .venv/.dev

.venv/.fuzz: requirements-fuzz.lock requirements-build.lock pyproject.toml | .venv/bin/python
	$(call install,requirements-fuzz.lock)
	@touch .venv/.run .venv/.dev

lock:                 ## write the requirements anew from pyproject.toml (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev --extra bench pyproject.toml -o requirements-bench.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev --extra fuzz pyproject.toml -o requirements-fuzz.lock
	echo 'setuptools>=77' | uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate - -o requirements-build.lock

clean:
	rm -rf .venv build dist *.egg-info
