# make serve    open the page            make serve HOST=0.0.0.0 PORT=8000   let the class in
# make test     run every test           make install                       set up .venv, nothing more
# make fault    what breaks under load   make bench-serve                   how fast the server answers
# make fuzz     what odd input breaks    make fuzz TIMES=500                the same for hours

PYTHON ?= python3
HOST ?= 127.0.0.1
PORT ?= 8000
# Where to take PyTorch from, if not from PyPI; https://download.pytorch.org/whl/cpu has the small CPU build.
TORCH_INDEX ?=

BIN := .venv/bin
STAMP := .venv/.installed

.PHONY: serve test install lint browser clean fault fuzz bench-serve
.DEFAULT_GOAL := serve

serve: $(STAMP)
	@$(BIN)/python -m digits serve --host $(HOST) --port $(PORT)

# In the order of the files, the browser's first: pytest-xdist by itself begins with files of many tests, and at the end
# one process would work at the few long ones while the other rests.
test: $(STAMP) browser
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder $(ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

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

$(STAMP): requirements.txt requirements-dev.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Inkling needs Python 3.10 or newer. If you have one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/pip || $(PYTHON) -m venv .venv || \
	  { rm -rf .venv; echo "Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv"; exit 1; }
	@echo "Setting up .venv (once; PyTorch is large, this takes some minutes)"
	@test -z "$(TORCH_INDEX)" || $(BIN)/python -m pip install --index-url $(TORCH_INDEX) torch torchvision
	@$(BIN)/python -m pip install -r requirements-dev.txt
	@touch $(STAMP)

# The browser tests want Chromium and the tests of the page's modules Node; without them they are skipped.
browser: $(STAMP)
	@tools/install_browser.sh $(BIN)

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis
