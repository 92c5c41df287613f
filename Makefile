# Everything a person needs here is a word after `make`; `make help` lists them.
# Nothing is installed twice: each step leaves a stamp that its inputs can outdate.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PY := .venv/bin/python
VAR := $(or $(XINQIAO_VAR),var)
# What tests and checks read; no registry, no machine.
NODE_TESTS = $(shell find xinqiao tests -name '*.test.js' -o -name '*.test.mjs' 2>/dev/null)
CATALOGUE := xinqiao/locale/en/LC_MESSAGES/django
WORKERS ?= 2
ARGS ?=

.PHONY: help demo demo-reset serve upgrade test check fix bench docs migrations messages lock setup assets browser clean

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' Makefile

demo: setup assets ## a made-up county on 127.0.0.1, until Ctrl-C; keeps its data
	@$(PY) -m config.setup.demo run

demo-reset: setup ## remove the demo's data; the next `make demo` begins anew from today
	@$(PY) -m config.setup.demo reset

serve: setup assets ## the real thing on 127.0.0.1 for a proxy to stand before (docs/how-to/first-set-up.md)
	@$(PY) -m config.setup.serve run

upgrade: setup assets ## after new code: back-up to TARGET=…, migrations, due dates anew, check
	@$(PY) -m config.setup.serve upgrade --target "$(TARGET)"

test: setup assets $(CATALOGUE).mo browser check ## set up what tests need, then every check and every test
	@$(PY) -m config.setup.postgres status --cluster test >/dev/null 2>&1 && was=running || was=stopped; \
	$(PY) -m config.setup.postgres start --cluster test || exit 1; \
	$(PY) -m pytest -n $(WORKERS) $(ARGS); code=$$?; \
	test $$was = running || $(PY) -m config.setup.postgres stop --cluster test >/dev/null; exit $$code
	@if [ -n "$(NODE_TESTS)" ]; then node --test $(NODE_TESTS); else echo "No JavaScript tests yet."; fi

check: setup assets ## lint, format, types, the ladder of imports
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check --quiet . || { echo "Some files are not formatted: make fix"; exit 1; }
	@XINQIAO_TEST=1 .venv/bin/mypy
	@.venv/bin/lint-imports

fix: setup ## what ruff can put right by itself
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format --quiet .

bench: setup assets ## the benchmark table (long; see benchmarks/)
	@$(PY) -m benchmarks $(ARGS)

docs: setup assets ## write the generated pages of docs/ anew
	@$(PY) -m config.docs $(ARGS)

migrations: setup ## new migrations for changed models
	@XINQIAO_TEST=1 $(PY) manage.py makemigrations $(ARGS)

messages: setup ## collect the interface strings and compile the catalogues
	@$(PY) -m xinqiao.web.messages extract
	@$(PY) -m xinqiao.web.messages compile

$(CATALOGUE).mo: $(CATALOGUE).po
	@$(PY) -m xinqiao.web.messages compile

lock: setup ## pin the dependencies of pyproject.toml anew (newest allowed versions)
	@$(PY) -m config.setup.lock

setup: ## the virtual environment
	@command -v python3 >/dev/null || { echo "Python 3.11 or newer is missing; install it (Debian: apt-get install python3 python3-venv)."; exit 1; }
	@python3 -m config.setup.venv

assets: $(VAR)/assets/.stamp ## what the browser needs, from npm packages

node_modules/.package-lock.json: package-lock.json
	@command -v npm >/dev/null || { echo "Node 20 with npm is missing; install it (Debian: apt-get install nodejs npm)."; exit 1; }
	@echo "Browser assets …"
	@npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

$(VAR)/assets/.stamp: node_modules/.package-lock.json config/setup/assets.py config/setup/icons.txt $(wildcard xinqiao/*/icons.txt)
	@python3 -m config.setup.assets
	@touch $@

browser: ## chromium and Chinese fonts (Debian packages, as root), or a sentence
	@python3 -m config.setup.browser

clean: ## remove everything made here: databases, data, packages; never a real county's
	@if [ -n "$(XINQIAO_VAR)" ] || { [ -e var/secrets.json ] && [ ! -e var/demo.json ]; }; then \
	echo "This folder serves a real county ($(VAR)); nothing was removed. Back it up and remove it by hand."; exit 1; fi
	@if [ -x $(PY) ]; then $(PY) -m config.setup.postgres reset --cluster test; $(PY) -m config.setup.postgres reset; fi
	@rm -rf .venv node_modules var .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
