# The two commands of the README, and the rest. Where make is missing: python3 scripts/bootstrap.py run|test|faults|lock
PYTHON ?= python3

.PHONY: run test faults lock

run: ## Start everything on this machine, with demo data; Ctrl-C stops it
	@exec $(PYTHON) scripts/bootstrap.py run

test: ## What CI runs: format, lint, types, imports, migrations, generated files, tests
	@exec $(PYTHON) scripts/bootstrap.py test

faults: ## Break things on purpose, at full length: about two hours; FAULTS="--short" or FAULTS="F5 F11" for less
	@exec $(PYTHON) scripts/bootstrap.py faults $(FAULTS)

lock: ## Write the lock files anew from requirements*.in
	@exec $(PYTHON) scripts/bootstrap.py lock
