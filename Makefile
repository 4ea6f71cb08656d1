# `make demo` and `make test` are all that a fresh machine needs: Python >= 3.11, pip and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt

# One thread per process: parallelism is across runs, and a seed gives the same bytes.
export OMP_NUM_THREADS := 1
export OPENBLAS_NUM_THREADS := 1
export MKL_NUM_THREADS := 1

# A local copy of the real recordings, where there is one.
ifneq ($(wildcard ../shared/data/MANIFEST.csv),)
export MYOSHIFT_DATA ?= $(abspath ../shared/data)
endif

.PHONY: help demo test lint audit perf perf-losses fuzz fuzz-coverage toygate knowntruth newpeople shifts unfamiliar nulltables default clean
.DEFAULT_GOAL := help

help:
	@echo "make demo   train and score on the embedded domains; writes runs/demo/report.html"
	@echo "make test   run the tests"
	@echo "make lint   ruff, mypy --strict, import contracts"
	@echo "make perf   time the hot paths against ezc3d, OpenSim, scipy, neurokit2, h5py, Lightning; about 7 minutes"
	@echo "make perf-losses  time every loss against pytorch-adapt, skada and POT, and every method's training step"
	@echo "make fuzz   10,000 damaged files for each reader: none may crash it or be read silently wrong"
	@echo "make fuzz-coverage  the same by what code is reached, a minute a reader; needs atheris, which not every Python has"
	@echo "make toygate  every transfer method on five toy shifts, beside training on the source alone; about 25 minutes"
	@echo "make knowntruth  delays and numbers of synergies that are known: how far off, how often found; about 15 minutes"
	@echo "make newpeople  intervals for people of unseen institutions, and muscles hidden from a calibration; trains 70 models first"
	@echo "make unfamiliar  false alarms and detection of flags on motion unlike the source; what a missing coordinate costs; about 15 minutes"
	@echo "make shifts  input, label, timing and concept shift between virtual laboratories, each alone; about 5 minutes"
	@echo "make nulltables  false claims among methods that are alike, and how often intervals hold a known mean; about 15 minutes"
	@echo "make default  train the shipped models again from virtual laboratories, and score them on real ones; about 15 minutes"
	@echo "make audit  look the dependencies up for known vulnerabilities"
	@echo "make clean  remove the virtual environment and the caches"

$(VENV)/core.done: pyproject.toml constraints.txt
	rm -rf $(VENV)
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "myoshift needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	$(PIP) -e .
	touch $@

$(VENV)/test.done: $(VENV)/core.done
	$(PIP) -e '.[test]'
	touch $@

demo: $(VENV)/core.done
	$(BIN)/myoshift demo --out runs/demo

test: $(VENV)/test.done
	$(BIN)/python -m pytest --numprocesses 2 --dist loadfile

lint: $(VENV)/test.done
	$(BIN)/ruff check src tests perf examples
	$(BIN)/ruff format --check src tests perf examples
	$(BIN)/mypy
	$(BIN)/lint-imports

# The peers have an environment of their own; `make perf ARGS=--quick` takes a minute.
# pytorch-adapt pins old packages that its losses do not need, and is installed without them.
.venv-perf/done: perf/requirements.txt perf/requirements-no-deps.txt pyproject.toml constraints.txt
	rm -rf .venv-perf
	$(PYTHON) -m venv .venv-perf
	.venv-perf/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -r perf/requirements.txt -e .
	.venv-perf/bin/python -m pip install --quiet --disable-pip-version-check --no-deps -r perf/requirements-no-deps.txt
	touch $@

perf: .venv-perf/done
	PYTHONPATH=tests .venv-perf/bin/python -m perf --group paths --out docs/results $(ARGS)

perf-losses: .venv-perf/done
	PYTHONPATH=tests .venv-perf/bin/python -m perf --group losses --out docs/results/losses $(ARGS)

fuzz: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m fuzz $(ARGS)

fuzz-coverage: $(VENV)/test.done
	$(PIP) 'atheris>=3'
	PYTHONPATH=tests $(BIN)/python -m fuzz.coverage $(ARGS)

toygate: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m toygate $(ARGS)

knowntruth: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m knowntruth $(ARGS)
	PYTHONPATH=tests $(BIN)/python -m knowntruth.synergies $(ARGS)

newpeople: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m newpeople $(ARGS)

shifts: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m shifts $(ARGS)

unfamiliar: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m unfamiliar $(ARGS)

nulltables: $(VENV)/test.done
	PYTHONPATH=tests $(BIN)/python -m nulltables $(ARGS)

# The shipped models again, from virtual laboratories alone; then scored on real ones.
SHIPPED := src/myoshift/predictor/shipped_models
default: $(VENV)/core.done
	$(BIN)/myoshift train benchmarks/default.yaml --simulated fixed -o $(SHIPPED)/default
	$(BIN)/myoshift train benchmarks/default.yaml --simulated fixed --method causal -o $(SHIPPED)/causal
	$(BIN)/myoshift bench benchmarks/shipped.yaml --out runs/shipped
	$(BIN)/myoshift report runs/shipped --publish docs/results/shipped.parquet
	$(BIN)/python -m myoshift.bench.shipped docs/results/shipped.parquet

# An environment of its own, so that what it needs changes nothing of what it looks at.
.venv-audit/done:
	rm -rf .venv-audit
	$(PYTHON) -m venv .venv-audit
	.venv-audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	touch $@

# The package itself is on no index, and a local version (+cpu) is that of the index for an advisory.
audit: $(VENV)/test.done .venv-audit/done
	$(BIN)/python -m pip list --disable-pip-version-check --exclude-editable --format=freeze | sed 's/+.*//' > .venv-audit/installed.txt
	.venv-audit/bin/pip-audit --strict --no-deps --disable-pip --requirement .venv-audit/installed.txt

clean:
	rm -rf $(VENV) .venv-perf .venv-audit build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
