# The front door. Each target makes .venv by itself from requirements.lock; nothing else needs to be installed.
PYTHON ?= python3
EDITION ?= 2024
METHOD ?= default
BIN := .venv/bin
READY := .venv/.ready
# Some machines forbid .pyc files; then every notebook would compile its imports again.
unexport PYTHONDONTWRITEBYTECODE
export PYTHONHASHSEED := 0

.PHONY: help report english test test-slow lab check bench quarto reconstruct lock clean
.DEFAULT_GOAL := help

help: ## list the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 14

$(READY): requirements.lock pyproject.toml workflow/scripts/bootstrap.py
	@$(PYTHON) workflow/scripts/bootstrap.py

report: $(READY) ## compute the edition from raw data and publish the report (only what is stale)
	@$(BIN)/klastry build --edition $(EDITION) --method $(METHOD)

english: $(READY) ## the edition in English, after the report: build/<edition>/60_report/en
	@$(BIN)/klastry build --edition $(EDITION) --method $(METHOD) --language en

test: report english ## build the edition and run the tests, on code and on the built files
	@$(BIN)/pytest -n 2 --dist worksteal

test-slow: report ## the long ones: builds killed fifty times, full disks, a whole next edition, the same bytes under other settings
	@$(BIN)/pytest -m slow

lab: $(READY) ## open JupyterLab on the notebooks
	@$(BIN)/jupyter lab --notebook-dir=.

check: $(READY) ## lint, format, types, stripped notebooks, generated files
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/nbstripout --verify notebooks/*.ipynb notebooks/individual/*.ipynb
	@$(BIN)/klastry generated --check

bench: $(READY) ## measure: seconds, ratios, memory (PART="index survey" for some); not a test
	@$(BIN)/python -m benchmarks.run $(PART)

quarto: $(READY) ## the same chapters as a Quarto book (needs quarto on PATH)
	@$(BIN)/klastry build --edition $(EDITION) chapters
	@$(BIN)/klastry quarto --edition $(EDITION)

reconstruct: $(READY) ## make the reconstructed answers of the edition anew (minutes)
	@$(BIN)/klastry reconstruct --edition $(EDITION)

lock: ## pin the newest versions that pyproject.toml allows, with hashes and without index addresses
	@uv pip compile --universal --generate-hashes --python-version 3.11 --no-annotate --no-header --no-emit-index-url \
	  --extra dev --upgrade --quiet pyproject.toml -o requirements.lock

clean: ## remove everything that was built
	@rm -rf build
