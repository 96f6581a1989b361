# The commands of Broadsheet; `make` alone lists them. VARIABLES: EDITION=2026-10-16 SOURCES=file.yml
.DEFAULT_GOAL := help
SHELL := /bin/bash
BIN := .venv/bin
ENV := .venv/base.ready
DEV := .venv/dev.ready
export BROADSHEET_HOME ?= $(CURDIR)/data

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: $(ENV) ## one edition of the newsroom through Airflow, then its headline numbers and the brief
	@$(BIN)/broadsheet run $(if $(EDITION),--edition $(EDITION)) $(if $(SOURCES),--sources $(SOURCES))

up: $(ENV) ## Airflow with its UI on 127.0.0.1:8080 and the daily schedule
	@$(BIN)/broadsheet up $(if $(SOURCES),--sources $(SOURCES))

down: $(ENV) ## stop what `make up` started
	@$(BIN)/broadsheet down

sql: $(ENV) ## a read-only SQL prompt on the published warehouse
	@$(BIN)/broadsheet sql

real-site: $(DEV) ## the 181 real pages of ../shared/corpus as outlets on loopback; prints their sources file
	@$(BIN)/python -m tests.support.news_site $(BROADSHEET_HOME)/real_site

test: $(DEV) lint ## lint and the whole test suite
	$(BIN)/pytest

lint: $(DEV) ## ruff, mypy, import-linter, sqlfluff, yamllint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/sqlfluff lint --config dbt_project/.sqlfluff dbt_project/models docs/queries
	$(BIN)/yamllint --strict .

server-test: $(DEV) ## the server of docker-compose.yml by hand: an edition, a killed worker, a restarted database
	BROADSHEET_SERVER_EDITION=1 $(BIN)/pytest -q -n0 -s tests/server tests/test_deployment.py

fuzz: $(DEV) ## ten minutes of hostile feeds, sitemaps, robots.txt, charsets, URLs and encodings
	@BROADSHEET_FUZZ_SECONDS=$(or $(FUZZ_SECONDS),600) BROADSHEET_FUZZ_SEED=$(or $(FUZZ_SEED),$$RANDOM) \
	  $(BIN)/pytest -q -n0 -s tests/fuzz

bench: $(DEV) ## speed, CPU and memory: fetching, enrichment, stories, editions of 181 and 5,000 pages
	@$(BIN)/python -m bench

prove: $(DEV) ## hours of kills, readers and rough handling; goes on where it was stopped, writes docs/prove.md
	@$(BIN)/python -m tests.prove

eval: $(DEV) ## accuracy on labelled sets beside plain alternatives, against pinned floors
	@$(BIN)/python -m eval

lock: $(DEV) ## rewrite requirements/*.txt from the .in files
	cd requirements && for name in bootstrap base server dev; do \
	  ../$(BIN)/uv pip compile --quiet --python-version 3.12 --generate-hashes --no-emit-index-url \
	    --no-annotate --custom-compile-command "make lock" $$name.in -o $$name.txt || exit 1; done

$(ENV): requirements/bootstrap.txt requirements/base.txt pyproject.toml
	@bin/make-env base

$(DEV): requirements/bootstrap.txt requirements/dev.txt pyproject.toml
	@bin/make-env dev

.PHONY: help run up down sql real-site test server-test lint fuzz bench prove eval lock
