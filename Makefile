# make setup   .venv with the product in it
# make demo    start everything with a fictional firm, Ctrl-C stops it
# make test    every test, in every cell of the matrix
# make check   lint, types, import contract, built pages
# make pictures   the manual's pictures, taken anew from the pages
# make bench   the ratios of docs/performance.md

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := setup

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check install --quiet
S := .stamps

.PHONY: setup demo test check pictures bench dev pages locks clean check-lint check-types check-imports check-pages

setup: $(S)/product

demo: setup
	@.venv/bin/cinnabar demo --with-parent --data demo-data $(DEMO)

test: dev pages
	@$(PY) tools/matrix.py $(MATRIX)

check: check-lint check-types check-imports check-pages

check-lint: dev
	$(PY) -m ruff check
	$(PY) -m ruff format --check

check-types: dev
	$(PY) -m mypy

check-imports: dev
	.venv/bin/lint-imports --no-cache

# Built beside, not in place: the tests may be looking at the pages meanwhile.
B := build/pages
check-pages: pages
	npm --prefix frontend run --silent types
	@rm -rf $(B) && mkdir -p $(B)/frontend $(B)/src/cinnabar/static
	@cp -r frontend/build.mjs frontend/package.json frontend/tsconfig.json frontend/src frontend/style $(B)/frontend/
	@ln -s ../../../frontend/node_modules $(B)/frontend/node_modules
	@node $(B)/frontend/build.mjs >/dev/null
	@diff -rq $(B)/src/cinnabar/static/app src/cinnabar/static/app || { \
	  echo "the built pages are not what their source makes: run npm --prefix frontend run build" >&2; exit 1; }

pictures: dev pages
	@$(PY) tools/pictures.py $(PICTURES)

bench: dev
	$(PY) -m bench $(BENCH)

dev: $(S)/dev $(S)/system

pages: $(S)/pages

# Lock files name neither hosts nor paths; the hashes are those of every platform.
LOCK := .venv/bin/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
  --no-header --no-emit-index-url --no-emit-find-links $(UPGRADE)
locks: dev
	$(LOCK) -o requirements/build.txt requirements/build.in
	$(LOCK) -o requirements/product.txt requirements/product.in
	$(LOCK) -o requirements/dev.txt requirements/dev.in

clean:
	rm -rf .venv .stamps build frontend/node_modules

$(S)/venv: tools/venv
	@tools/venv
	@mkdir -p $(S) && touch $@

$(S)/product: requirements/build.txt requirements/product.txt pyproject.toml | $(S)/venv
	@echo "installing the product into .venv" >&2
	@$(PIP) --require-hashes -r requirements/build.txt -r requirements/product.txt
	@$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

$(S)/dev: requirements/dev.txt $(S)/product
	@echo "installing what tests and checks need into .venv" >&2
	@$(PIP) --require-hashes -r requirements/dev.txt
	@touch $@

$(S)/system: tools/system
	@tools/system
	@mkdir -p $(S) && touch $@

$(S)/pages: frontend/package-lock.json $(S)/system
	@echo "installing what builds and tests the pages" >&2
	@npm --prefix frontend ci --silent --no-audit --no-fund
	@touch $@
