# Everything works in .venv at the root: make run, make test, make real, make lint, make bench.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell command -v python3.11 || command -v python3)
CHROMIUM := $(shell command -v chromium)
NGINX := $(shell PATH="$$PATH:/usr/sbin" command -v nginx)
POSTGRES := $(wildcard /usr/lib/postgresql/*/bin/postgres)
DATA ?= ../shared/data
# One thread a worker: linear algebra that takes all cores in each of them costs a tenth more.
PYTEST := OMP_NUM_THREADS=1 $(BIN)/python -m pytest -p no:cacheprovider
# The longest files come first (DEAREST in tests/conftest.py), not those with the most tests.
# A worker a core and one more, which computes while another waits for a lock, the disk or a child;
# at most five. A file of tests stays with one worker, which shares its fixtures.
TESTERS := $(shell n=$$(nproc 2>/dev/null || echo 2); [ $$n -gt 4 ] && n=4; echo $$((n + 1)))
SPREAD := --numprocesses=$(TESTERS) --dist=loadfile
# A browser and its server keep a core busy by themselves.
BROWSERS := --numprocesses=$(shell expr $(TESTERS) - 1) --dist=loadfile

# What the tests make once, such as a first version of the demo bank, for the browser's tests as well.
MADE := $(CURDIR)/.made

# pip would compile file by file on one core, and what nobody imports as well; compileall takes all.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile

# Compiled files are kept: each process would compile the engine and its tests anew.
unexport PYTHONDONTWRITEBYTECODE

# Never fetch model weights or send statistics while working on the project.
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

.PHONY: run serve test real lint bench load

run: $(VENV)/installed
	$(BIN)/streamlit run app.py

# As many processes as WORKERS says, else one a core, behind nginx; PORT and ATTUNE_ADDRESS as ever.
serve: $(VENV)/installed
	$(BIN)/python -m serving $(if $(WORKERS),--workers $(WORKERS))

test: export ATTUNE_MADE := $(MADE)
test: $(VENV)/installed
	rm -rf $(MADE)
	$(PYTEST) $(SPREAD) --no-loadscope-reorder --ignore=tests/real --ignore=tests/e2e \
		-m "not real and not e2e$(if $(POSTGRES),, and not postgres)$(if $(NGINX),, and not nginx)"
ifneq ($(CHROMIUM),)
	$(PYTEST) $(BROWSERS) tests/e2e
endif
	rm -rf $(MADE)
ifeq ($(POSTGRES),)
	@echo "The tests on a PostgreSQL server were left out: it is not on this machine (apt-get install postgresql)."
endif
ifeq ($(NGINX),)
	@echo "The test of several processes behind a proxy was left out: nginx is not on this machine (apt-get install nginx)."
endif
ifeq ($(CHROMIUM),)
	@echo "The browser tests were left out: chromium is not on this machine (apt-get install chromium)."
endif

# In the order of their names: the files with the fewest tests take longest here.
real: $(VENV)/installed
	DATA="$(abspath $(DATA))" $(PYTEST) $(SPREAD) --no-loadscope-reorder -m real tests/real

lint: $(VENV)/installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/pip check

bench: $(VENV)/installed
	$(BIN)/python -m engine bench

# N people for SECONDS with THINK seconds of thought; WORKERS processes, started here.
load: $(VENV)/installed
	$(BIN)/python -m tests.benchmarks.load --people $(or $(N),10) --seconds $(or $(SECONDS),60) \
		--think $(or $(THINK),5) $(if $(WORKERS),--workers $(WORKERS)) \
		$(if $(JSON),--json)

$(VENV)/installed: requirements.txt
	$(PYTHON) -c 'import sys; assert sys.version_info >= (3, 11), "Python 3.11 or later is needed"'
	$(PYTHON) -m venv $(VENV)
	$(PIP) torch==2.13.0
	$(PIP) -r requirements.txt
	-$(BIN)/python -m compileall -qq -j 0 -x '/tests/|/transformers/models/' $(VENV)/lib
	touch $@
