# Each line here is one command of .ci/, so that people and CI run the same ones.
SHELL := bash
PORT ?= 8080
STEPS := @.ci/steps.sh

.PHONY: help serve test build dev lint fmt unit web-test e2e bench clean

help: ## list what make can do
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

serve: ## build a release and serve it on http://127.0.0.1:8080/ (PORT=… for another port)
	$(STEPS) setup-build
	@node .ci/serve.mjs --check-port $(PORT)
	$(STEPS) build
	@exec node .ci/serve.mjs --dir dist --port $(PORT)

test: ## everything: formatting, lints, unit tests, tests in the browser, journeys on the built page
	$(STEPS) setup-browser fmt types clippy,clippy-wasm,unit,web-test+build e2e

build: ## build a release into dist/
	$(STEPS) setup-build build

dev: ## build without optimisation, serve, and rebuild and reload on every change
	$(STEPS) setup-build
	@node .ci/serve.mjs --check-port $(PORT)
	@source .ci/env.sh && mkdir -p target/dev && exec trunk serve --dist target/dev --port $(PORT)

lint: ## formatting, types of the scripts, clippy for this machine and for wasm32
	$(STEPS) setup-rust fmt types clippy clippy-wasm

fmt: ## format the Rust code
	@source .ci/env.sh && cargo fmt --all

unit: ## tests that need no browser
	$(STEPS) setup-rust unit

web-test: ## Rust tests in Chromium
	$(STEPS) setup-browser web-test

e2e: ## journeys in Chromium on the built page
	$(STEPS) setup-browser build e2e

bench: ## measure the built page with a million spans and print the README's table
	$(STEPS) setup-browser build bench

clean: ## remove what was built; tools and benchmark data stay
	@rm -rf dist && if [ -d target ]; then find target -mindepth 1 -maxdepth 1 ! -name tools ! -name bench-data -exec rm -rf {} +; fi
