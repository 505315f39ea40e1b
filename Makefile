# One command each: `make demo` and `make test` work as the only command on a fresh machine.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11 python3.14; do \
	$$p -c 'import sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
ARGS ?=
DATA ?= ../shared/data
BLUESKY := tests/collectors/bluesky_network
MAIL := tests/monitor/mail_servers
PAGES := tests/monitor/page/browser
# A worker per core, each with whole files of tests, the longest first; ARGS=-n0 for one after the other.
BESIDE := -n auto --maxprocesses=8 --dist loadfile --no-loadscope-reorder

.PHONY: help setup demo test lint check fix bench bench-bursts bench-graphs run golden servers test-servers test-spark test-docs soak fuzz docs pictures lock clean
help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 14

setup: .venv/.ready   ## the environment, from pinned versions with hashes
.venv/.ready: requirements/dev.txt pyproject.toml monitor/__init__.py
	@test -n "$(PYTHON)" || { echo "gaung needs Python 3.11 or newer: install it, or say make PYTHON=/path/to/python3" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

.venv-servers/.ready: requirements/servers.txt
	$(PYTHON) -m venv --clear .venv-servers
	.venv-servers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/servers.txt
	@touch $@

.venv-bench/.ready: requirements/bench.txt
	$(PYTHON) -m venv --clear .venv-bench
	.venv-bench/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/bench.txt
	@touch $@

# Other tools that find coordination, each as its own packages bring it.
.venv-peers/.ready: requirements/peers.txt bench/peers/install.sh
	$(PYTHON) -m venv --clear .venv-peers
	.venv-peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/peers.txt
	@bench/peers/install.sh || true
	@touch $@

# 400 MB, which nobody needs who has no cluster.
.venv-spark/.ready: requirements/spark.txt pyproject.toml monitor/__init__.py
	$(PYTHON) -m venv --clear .venv-spark
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/spark.txt
	.venv-spark/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# What builds the documents as a site.
.venv-docs/.ready: requirements/docs.txt
	$(PYTHON) -m venv --clear .venv-docs
	.venv-docs/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/docs.txt
	@touch $@

# Node 20 or newer, gcc and make; Node's own headers where they are, for else they are fetched. Without npm the tests of Bluesky's network are skipped.
.venv-servers/.node-ready: .venv-servers/.ready $(BLUESKY)/package-lock.json
	@if command -v npm >/dev/null; then \
	  mkdir -p .venv-servers/bluesky && cp $(BLUESKY)/package*.json .venv-servers/bluesky/ && \
	  home=$$(dirname $$(dirname $$(readlink -f $$(command -v node)))); \
	  if test -d $$home/include/node; then export npm_config_nodedir=$$home; fi; \
	  cd .venv-servers/bluesky && npm ci --no-audit --no-fund --loglevel=error; \
	else echo "make servers: no npm here, so Bluesky's network is not started" >&2; fi
	@touch $@

# Debian's packages, if this is root; otherwise the tests of Postfix and Dovecot are skipped.
.venv-servers/.mail-ready: .venv-servers/.ready $(MAIL)/install.sh
	@if $(MAIL)/install.sh; then touch $@; fi

# Debian's Chromium, if this is root, and what drives it; otherwise no page is looked at.
.venv-servers/.pages-ready: $(PAGES)/package-lock.json $(PAGES)/install.sh
	@if ! command -v npm >/dev/null; then echo "make test-pages: no npm here, so pages are not looked at with a browser" >&2; \
	elif $(PAGES)/install.sh; then \
	  mkdir -p .venv-servers/pages && cp $(PAGES)/package*.json .venv-servers/pages/ && \
	  (cd .venv-servers/pages && npm ci --no-audit --no-fund --loglevel=error) && touch $@; fi

demo: setup      ## the whole pipe on a synthetic campaign, offline
	$(BIN)/gaung demo $(ARGS)

test: setup      ## the tests, under five minutes
	$(BIN)/pytest $(BESIDE) -m "not servers and not soak and not spark and not docs and not pages and not peers" $(ARGS)

lint: setup      ## format, lint, types, import rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

check: lint      ## all of lint, and the tests
	$(BIN)/pytest $(BESIDE) -m "not servers and not soak and not spark and not docs and not pages and not peers" -q $(ARGS)

fix: setup       ## format and mend what can be mended
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

servers: test-servers
test-servers: setup .venv-servers/.node-ready .venv-servers/.mail-ready   ## against servers that nobody here wrote, on loopback
	$(BIN)/pytest -m servers $(ARGS)

test-pages: setup .venv-servers/.pages-ready   ## reports as a browser shows them: axe, phones, print, without scripts
	$(BIN)/pytest -m pages tests/monitor/page tests/monitor/drawing tests/pictures $(ARGS)

# Of the demo, of DATA=file (anything that gaung imports) or of STORE=config.toml (a store that there is).
pictures: setup .venv-servers/.pages-ready   ## every page, letter and screen as PNG: open build/pictures/index.html
	$(BIN)/python -m tests.pictures $(if $(filter command line,$(origin DATA)),--data $(DATA)) $(if $(STORE),--store $(STORE)) $(ARGS)

test-spark: .venv-spark/.ready   ## the same numbers on Spark, on this machine; needs Java 17
	.venv-spark/bin/python -m pytest -m spark tests/spark $(ARGS)

test-docs: setup ## types what README and docs/ tell to type, page by page
	$(BIN)/pytest -m docs tests/docs $(ARGS)

soak: setup      ## kill -9, full disk, a report while the daemon collects
	$(BIN)/pytest -m soak $(ARGS)

fuzz: setup      ## 100,000 damaged payloads for each parser (FUZZ_COUNT=...)
	FUZZ_COUNT=$${FUZZ_COUNT:-100000} $(BIN)/pytest -m fuzz $(ARGS)

bench: setup .venv-bench/.ready   ## speed and memory, as ratios to a peer in the same run
	$(BIN)/python -m bench $(ARGS)
	$(BIN)/python -m bench.speed_bursts $(filter --quick,$(ARGS))

bench-bursts: setup   ## alarms by the Numenta Anomaly Benchmark (DATA=folder of its series)
	$(BIN)/python -m bench.bursts $(DATA)

bench-graphs: setup .venv-peers/.ready   ## networks and coordination beside other tools, as ratios
	$(BIN)/pytest -m peers tests/bench
	$(BIN)/python -m bench.coordination $(ARGS)
	$(BIN)/python -m bench.graphs_csr $(filter --quick,$(ARGS))
	$(BIN)/python -m bench.increment $(filter --quick,$(ARGS))
	$(BIN)/python -m bench.backbone $(filter --quick,$(ARGS))
	$(BIN)/python -m bench.cascades $(DATA) $(filter --quick,$(ARGS))
	$(BIN)/python -m bench.quality $(DATA) $(filter --quick,$(ARGS))

golden: setup    ## rewrite the golden files; then look at the diff
	GOLDEN=write $(BIN)/pytest -q tests/monitor/test_golden.py tests/monitor/week tests/monitor/exports/test_schemas.py

translations: setup   ## what letters say: find what is new, drop what is gone, compile
	$(BIN)/python -m tests.monitor.translations

docs: .venv-docs/.ready   ## the documents as a site, in build/site: open build/site/index.html
	NO_MKDOCS_2_WARNING=1 .venv-docs/bin/mkdocs build --strict

run: setup       ## the daemon, with config.toml
	$(BIN)/gaung run

lock:            ## new versions: then run everything
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev pyproject.toml -o requirements/dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group servers -o requirements/servers.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group bench -o requirements/bench.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group docs -o requirements/docs.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group dev --extra spark -c requirements/dev.txt pyproject.toml -o requirements/spark.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --group peers -o requirements/peers.txt

clean:           ## remove what make made
	rm -rf .venv .venv-servers .venv-bench .venv-spark .venv-peers .venv-docs build/site .pytest_cache .mypy_cache .ruff_cache .hypothesis
