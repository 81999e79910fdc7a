# Kairos. `make` alone lists the targets; README gives the same without make.
# Works with GNU make 3.81 and later.

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
CANDIDATES := $(if $(PYTHON),"$(PYTHON)",python3 python3.13 python3.12 python3.11 python3.14 python)
SUPPORTED := import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 15))
WORKERS ?= 2

# Stamps: written last, so that an install that failed or was interrupted leaves none. They hold
# this folder's path: in a moved or copied folder the environment would run the old one's files.
RUN_STAMP := $(VENV)/installed-run
DEV_STAMP := $(VENV)/installed-dev
ifneq ($(shell cat $(RUN_STAMP) 2>/dev/null),$(CURDIR))
$(RUN_STAMP) $(DEV_STAMP): moved
endif

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test nightly fuzz lint format audit bench golden docs pins clean moved

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: $(RUN_STAMP) ## run every portfolio in backtest_config/portfolios (ARGS="..." is handed on)
	@$(BIN)/python main.py $(ARGS)

test: $(DEV_STAMP) ## run all tests but the nightly ones (ARGS="tests/core -k stop" picks some)
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal $(ARGS)

nightly: $(DEV_STAMP) ## run the long random tests, then ten minutes of fuzz
	$(BIN)/python -m pytest -m nightly --numprocesses $(WORKERS) --dist worksteal $(ARGS)
	KAIROS_FUZZ_SECONDS=$${KAIROS_FUZZ_SECONDS:-600} $(BIN)/python -m pytest -m fuzz tests/fuzz

fuzz: $(DEV_STAMP) ## try random configs and files of bars for a minute (KAIROS_FUZZ_SECONDS)
	$(BIN)/python -m pytest -m fuzz tests/fuzz $(ARGS)

lint: $(DEV_STAMP) ## check style, types and who imports whom
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(DEV_STAMP) ## put the code into house form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

audit: $(DEV_STAMP) ## look for known holes in the pinned packages, and at their licences
	$(BIN)/python tools/audit.py

bench: $(DEV_STAMP) ## time Kairos against vectorbt and backtesting.py
	$(BIN)/python benchmarks/run.py $(ARGS)

golden: $(DEV_STAMP) ## remake the golden files; read what changed with `git diff`
	$(BIN)/python tests/golden/remake.py

docs: $(DEV_STAMP) ## remake the pages that are made from code
	$(BIN)/python tools/remake_docs.py

pins: ## remake requirements.txt and requirements-dev.txt from pyproject.toml
	@$(FIND_PYTHON); "$$python" tools/remake_pins.py

clean: ## remove caches and what was built; .venv, kairos.db and output stay
	rm -rf build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find . -path ./$(VENV) -prune -o -name __pycache__ -type d -prune -exec rm -rf {} +


# The environment. One that cannot be used is made anew: its making was interrupted, its Python is
# gone, or the folder was moved.

$(RUN_STAMP): requirements.txt pyproject.toml
	@$(ENSURE_VENV)
	@echo "Installing what Kairos runs on into $(VENV) (once; a minute or two)"
	@$(PIP) install --quiet --requirement requirements.txt
	@echo "$(CURDIR)" > $@

$(DEV_STAMP): requirements-dev.txt requirements.txt pyproject.toml
	@$(ENSURE_VENV)
	@echo "Installing what Kairos is tested with into $(VENV) (once; a minute or two)"
	@$(PIP) install --quiet --requirement requirements-dev.txt
	@echo "$(CURDIR)" > $(RUN_STAMP)
	@touch $@

define ENSURE_VENV
if $(BIN)/python -c '$(SUPPORTED)' 2>/dev/null && $(PIP) --version >/dev/null 2>&1 \
	&& { [ ! -s $(RUN_STAMP) ] || [ "$$(cat $(RUN_STAMP))" = "$(CURDIR)" ]; }; then exit 0; fi; \
$(FIND_PYTHON); \
"$$python" -m venv --clear $(VENV) || { \
	echo "make: $$python cannot make a virtual environment;" \
		"on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }
endef

define FIND_PYTHON
python=; for each in $(CANDIDATES); do \
	if "$$each" -c '$(SUPPORTED)' 2>/dev/null; then python="$$each"; break; fi; done; \
if [ -z "$$python" ]; then \
	echo "make: Kairos needs Python 3.11 to 3.14; found none among:" $(CANDIDATES)";" \
		"name one, as in 'make run PYTHON=/path/to/python3.12'" >&2; exit 1; fi
endef
