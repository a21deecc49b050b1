# Targets work in a virtual environment of their own, .venv, made when first needed.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
N ?= 100
SEED ?= 0
CONFIG ?= configs/default.yaml
OUT ?= corpus

LAYOUTS := barabasi_albert reverse_random_tree watts_strogatz erdos_renyi random_tree layered \
	random_cauchy shallow

.PHONY: install test lint bench sameness torture docs site demo corpus clean

install: $(BIN)/plurel

$(BIN)/plurel: pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "plurel needs Python 3.11 or later; name one: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable .
	@touch $@

$(VENV)/.develop: $(BIN)/plurel
	$(BIN)/python -m pip install --quiet --editable '.[test,lint,docs,bench]'
	@touch $@

# All tests with numpy's functions, and those of features once more with compiled ones.
test: $(VENV)/.develop
	$(BIN)/python -m pytest -n auto --dist worksteal
	PLUREL_KERNEL=compiled $(BIN)/python -m pytest -n auto --dist worksteal -m "not once" tests/features

lint: $(VENV)/.develop
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(VENV)/.develop
	$(BIN)/python -m benchmarks

# Databases of every kernel, CPU feature, Python and numpy that can be had here, compared.
sameness: $(VENV)/.develop
	$(BIN)/python -m sameness

# Kills, full disks, tight memory, races, changed configs and broken folders; needs Linux and strace.
torture: $(VENV)/.develop
	$(BIN)/python -m torture

# Pages that are made from the code: the config reference, the command reference, the pictures.
docs: $(VENV)/.develop
	$(BIN)/python -m docs.build

# The pages as a site, in site/.
site: $(BIN)/plurel
	$(BIN)/python -m pip install --quiet --editable '.[site]'
	$(BIN)/python -m mkdocs build --quiet --config-file docs/site.yml

# One database of each layout, described.
demo: install
	@for layout in $(LAYOUTS); do \
		$(BIN)/plurel generate --config configs/$$layout.yaml --out demo/$$layout --force \
		&& $(BIN)/plurel describe demo/$$layout || exit 1; \
	done

# N databases of consecutive seeds, or what is left of them to make: make corpus N=1000 SEED=0 CONFIG=configs/small.yaml OUT=DIR
corpus: install
	$(BIN)/plurel corpus --config $(CONFIG) --seeds $(SEED):$$(($(SEED) + $(N))) --out $(OUT) --resume

clean:
	rm -rf $(VENV) .sameness demo
