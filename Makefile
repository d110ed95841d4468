# make serve      open the page              make serve HOST=0.0.0.0 PORT=8000   let the class in
# make check      quick checks, a minute     make lint                          linters and types
# make test       every test                 make coverage                      which lines the tests run
# make install    set up .venv, no more      make clean                         remove it
# make fault      what breaks under load     make bench-serve                   how fast the server answers
# make fuzz       what odd input breaks      make fuzz TIMES=500                the same for hours

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# Where PyTorch comes from: empty decides by the computer, pypi means PyPI, or give an index's address.
# tools/install_packages.py has the rules.
TORCH_INDEX ?=
export TORCH_INDEX

BIN := .venv/bin
SERVE_STAMP := .venv/.serve-installed
STAMP := .venv/.installed

.PHONY: serve test check install lint style coverage browser clean fault fuzz bench-serve
.DEFAULT_GOAL := serve

serve: $(SERVE_STAMP)
	@$(BIN)/python -m digits serve --host $(HOST) --port $(PORT)

# In the order of the files, the browser's first: pytest-xdist by itself begins with files of many tests, and at the end
# one process would work at the few long ones while the other rests.
PYTEST := $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test: $(STAMP) browser
	$(PYTEST) $(ARGS)

# For everyday work: without types, the browser, and the tests marked slow (servers, training) or quality.
check: $(STAMP) style
	$(BIN)/python -m pytest -n 2 -q --ignore=tests/browser -m "not slow and not quality" $(ARGS)

lint: $(STAMP) style
	$(BIN)/basedpyright
	@if [ -x tools/lint_js.sh ]; then tools/lint_js.sh; else echo "JavaScript: not linted, tools/lint_js.sh is missing"; fi

style: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

# The last line of the table is the total.
coverage: $(STAMP) browser
	$(PYTEST) -p pytest_cov --cov --cov-report=term:skip-covered $(ARGS)

fault: $(STAMP)
	$(BIN)/python benchmarks/faults.py
	$(BIN)/python benchmarks/hostile.py
	@if $(BIN)/python -c 'import a2wsgi, ray' 2>/dev/null; then $(BIN)/python benchmarks/ray_node.py; \
	  else echo "a machine of a cluster killed: skipped (.venv/bin/pip install -r deploy/requirements.txt)"; fi

# The fuzzing tests with so many times as many examples as in `make test`, and new ones each time.
TIMES ?= 50
fuzz: $(STAMP)
	INKLING_FUZZ=$(TIMES) $(BIN)/python -m pytest -n 2 --dist loadfile -q tests/fuzz $(ARGS)

bench-serve: $(STAMP)
	$(BIN)/python benchmarks/serve.py $(ARGS)

install: $(STAMP)

$(STAMP): $(SERVE_STAMP) requirements-dev.txt
	@$(BIN)/python tools/install_packages.py requirements-dev.txt
	@touch $@

$(SERVE_STAMP): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Inkling needs Python 3.10 or newer. If you have one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv (once; PyTorch is large, this takes some minutes)"
	@$(BIN)/python tools/install_packages.py requirements.txt
	@touch $@

# The browser tests want Chromium and the tests of the page's modules Node; without them they are skipped.
browser: $(STAMP)
	@tools/install_browser.sh $(BIN)

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .import_linter_cache .coverage .coverage.*
