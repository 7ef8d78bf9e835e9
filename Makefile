# The commands of the project. Each hands over to a module of deploy/local; `python3` needs to be 3.11 or newer.
PYTHON ?= python3
SETUP = exec $(PYTHON) -m deploy.local.setup
.DEFAULT_GOAL := help
.PHONY: help run test check demo bench nlu-eval stop lock clean

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 16

run: ## set up what is missing, then start the whole product with the simulator (Ctrl-C stops it)
	@$(SETUP) run deploy.local.run

test: ## all tests: make check first, then the rest
	@$(SETUP) test deploy.local.checks test

check: ## the fast part: format, lint, types, import rules, unit tests
	@$(SETUP) check deploy.local.checks check

demo: ## play three stories through the running product, phone and desk side by side (starts it if needed)
	@$(SETUP) run deploy.local.demo

bench: ## the benchmarks; results in bench/results/
	@$(SETUP) test bench

nlu-eval: ## measure the newest language model on the test set; results in nlu/reports/
	@$(PYTHON) -m deploy.local.setup nlu && exec nlu/.venv/bin/python nlu/evaluate.py

stop: ## end what `make run` left behind
	@test ! -x .venv/bin/python || exec .venv/bin/python -m deploy.local.stop

lock: ## pin what requirements*.in want (present versions stay)
	@$(SETUP) lock deploy.local.lock

clean: stop ## remove environments, builds, logs and the demo's data (var/)
	@rm -rf var .venv nlu/.venv nlu/models console/node_modules console/dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache
