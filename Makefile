# Every target installs what it needs, says what it does, and may be run again.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
# Where it is set, every command compiles every module again: half of a command's time, and more of a scanner's.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo serve stop test test-deep mutants lint generate benchmark requirements clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install everything into .venv and .tools (system libraries through apt where permitted)
	@scripts/setup demo

demo: ## Start the sample platform, collect, judge, publish page, pack, auditor folder and answers
	@scripts/setup demo
	@scripts/demo

serve: ## Show the built page and the running portal until Ctrl-C
	@scripts/setup demo
	@$(PY) scripts/serve.py

stop: ## End what `make demo` started
	@scripts/stop

test: ## Everything that must be green: style, types, imports, generated files, all tests
	@scripts/setup test
	@scripts/test

test-deep: ## The long sweeps as well: every byte flipped, each mutant five times, 500 kill rounds, Zensical, LibreOffice
	@scripts/setup deep
	@scripts/test --deep

mutants: ## Break what one control looks at, five times over: make mutants CONTROL=access.password-reset
	@scripts/setup test
	@$(PY) -m pytest tests/mutants -m mutant -k "$(or $(CONTROL),$(error say which: make mutants CONTROL=access.password-reset))"

lint: ## Style, types and import contracts only
	@scripts/setup test
	@scripts/lint

generate: ## Rewrite what is generated: schemas, command reference, README help
	@scripts/setup demo
	@$(PY) scripts/generate.py

benchmark: ## Paired measurements, reported as ratios
	@scripts/setup test
	@for file in benchmarks/[a-z]*.py; do case $$file in */harness.py) ;; *) echo "== $$file"; $(PY) $$file || exit 1;; esac; done

requirements: ## Compile the hash-pinned requirements again
	@scripts/requirements

clean: stop ## Remove what was generated (the environments stay)
	rm -rf build .pytest_cache .mypy_cache .ruff_cache .hypothesis
