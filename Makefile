# Everything that is done with this repository. `make help` lists it.

# Node 24 or newer comes with the packages, where the machine's own is older.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)
REPORTS := .test-reports
# What Biome looks after: pages are written by hand or by a script, and neither wants its tables re-aligned.
CODE = $(wildcard src test scripts demo bench crash e2e *.ts *.json)
PACKAGES := node_modules/.package-lock.json

.DEFAULT_GOAL := help
.PHONY: help demo test e2e replicas soak time-travel search walk crash bench check servers requirements build krew docs format clean

help: ## this list
	@printf 'social-channel-operator: keeps OAuth grants of social accounts alive in Kubernetes\n\n'
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  make %-14s %s\n", $$1, $$2 }'

demo: requirements $(PACKAGES) ## the story live on real servers, in this terminal; ONCE=1: without a terminal, each step checked
	@node demo/main.ts $(if $(ONCE),--once)

crash: requirements $(PACKAGES) ## the crash matrix; ONLY=refresh: one path; CELLS=20: a part; it goes on where it was stopped
	@node crash/main.ts $(if $(ONLY),--only $(ONLY)) $(if $(CELLS),--cells $(CELLS)) $(if $(PARALLEL),--parallel $(PARALLEL)) \
	  $(if $(SEED),--seed $(SEED)) $(if $(MINUTES),--minutes $(MINUTES)) $(if $(SLOWNESS),--slowness $(SLOWNESS))

test: requirements $(PACKAGES) servers ## all tests; the last line is the sum, the exit code is not 0 if anything failed
	@rm -rf $(REPORTS) && mkdir -p $(REPORTS)
	@for project in rows servers; do \
	  vitest run --project $$project --reporter=default --reporter=json --outputFile.json=$(REPORTS)/$$project.json \
	    || touch $(REPORTS)/$$project.failed; \
	done
	@node scripts/test-summary.ts $(REPORTS) rows servers >$(REPORTS)/summary.txt; \
	  status=$$?; cat $(REPORTS)/summary.txt; exit $$status

e2e: requirements $(PACKAGES) ## end to end on kind, or on the cluster of KUBECONFIG; MINUTES=3: shorter; KEEP=1: it stays until Ctrl-C
	@mkdir -p $(REPORTS) && rm -f $(REPORTS)/e2e.*
	@node e2e/main.ts $(if $(MINUTES),--minutes $(MINUTES)) $(if $(KEEP),--keep) || touch $(REPORTS)/e2e.failed
	@node scripts/test-summary.ts $(REPORTS) e2e

replicas: requirements $(PACKAGES) servers ## three replicas and 200 channels for five minutes, one replica after the other in trouble
	@vitest run --project long test/channel/replicas-random

time-travel: requirements $(PACKAGES) servers ## etcd put back to an earlier copy under an operator that goes on: five minutes
	@vitest run --project long test/channel/time-travel

search: $(PACKAGES) ## every order of one refresh by two replicas, a person and a crash, for each kind of token: minutes
	@SEARCH=1 node --stack-trace-limit=0 test/core/walk/main.ts

soak: requirements $(PACKAGES) servers ## three replicas, 500 channels, a fault every few seconds for half an hour; MINUTES=5, SEED=7
	@$(if $(MINUTES),SOAK_MINUTES=$(MINUTES)) $(if $(SEED),SOAK_SEED=$(SEED)) vitest run --project long test/channel/soak

walk: $(PACKAGES) ## 10,000 seeds of random troubles on a virtual clock, at most 10 minutes; SEED=7 tells one, SEEDS=n walks fewer
	@node test/core/walk/main.ts

bench: requirements $(PACKAGES) servers build ## speed, memory and cost per event on real servers: half an hour; QUICK=1: two minutes
	@node bench/main.ts $(if $(QUICK),--quick)

check: $(PACKAGES) ## types, lint, unused code, import rule, rows of the core: under a minute, no servers
	@tsc -p .
	@biome check --error-on-warnings $(CODE)
	@knip
	@node scripts/generate-types.ts --check
	@node scripts/generate-docs.ts --check
	@node scripts/generate-chart.ts --check
	@vitest run --project rows test/architecture test/api test/core --exclude 'test/core/walk/**'

servers: requirements $(PACKAGES) ## get etcd, kube-apiserver, kube-controller-manager, Vault, promtool, kubeconform and kstatus, once
	@node test/servers/get.ts

requirements: ## say what is missing on this machine
	@sh scripts/check-requirements.sh

build: $(PACKAGES) ## compile to dist/, with the kubectl plugin as dist/kubectl-socialchannel.js
	@rm -rf dist && tsc -p tsconfig.build.json && node scripts/build-cli.ts

krew: $(PACKAGES) ## pack the kubectl plugin for a Krew index; URL=where the archive will lie
	@test -n "$(URL)" || { echo 'make krew URL=https://…/kubectl-socialchannel.tar.gz' >&2; exit 2; }
	@node scripts/krew.ts dist/krew "$(URL)"

docs: $(PACKAGES) ## write the generated types and pages again, and what the chart takes from elsewhere
	@node scripts/generate-types.ts
	@node scripts/generate-docs.ts
	@node scripts/generate-chart.ts

format: $(PACKAGES) ## format, and mend what can be mended
	@biome check --write $(CODE)

clean: ## remove what was made here (not the servers, which are shared between checkouts)
	@rm -rf dist $(REPORTS) .demo

# npm's own record of what it installed: older than the lock file means out of date. Not npm ci: it refuses a lock file
# without the binaries of platforms that a registry does not serve (docs/decisions/0004).
$(PACKAGES): package-lock.json
	@npm install --no-save --no-audit --no-fund --loglevel=error
	@touch $@
