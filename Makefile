# The commands of the project; `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-commit test test-long bench bench-quick check format lock

# Everything is started as `python -m`, so that nothing of the caller's PATH or site is picked up.
PY := .venv/bin/python
export PYTHONNOUSERSITE := 1

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with the locked packages (nothing to do when it is current)
	@PYTHON='$(PYTHON)' sh .ci/setup

demo: setup ## start two nodes with a history between them, to look at
	@$(PY) manage.py demo $(if $(SOURCE_PORT),--source-port $(SOURCE_PORT)) \
		$(if $(TARGET_PORT),--target-port $(TARGET_PORT))

demo-commit: setup ## add a revision to the running demo's source node
	@$(PY) manage.py demo_commit

test: setup ## run the tests, on SQLite and, where a server answers, on PostgreSQL
	@$(PY) .ci/test.py $(ARGS)

test-long: setup ## run the tests that take minutes: the big real histories, read back whole
	@$(PY) .ci/test.py -m long $(ARGS)

bench: setup ## measure beside git what was not measured yet, write docs/performance.md (ARGS='copy-M', --list)
	@$(PY) -m benchmarks $(ARGS)

bench-quick: setup ## measure the small sizes; fails below half of the ratios in docs/performance.md
	@$(PY) -m benchmarks --quick

check: setup ## check format, lint, types, layers, migrations, templates and sizes
	@$(PY) .ci/check.py

format: setup ## format the code and repair what the linter can repair
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

lock: ## write the lock files anew from pyproject.toml (needs uv)
	@sh .ci/lock
