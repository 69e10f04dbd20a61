# The front door. What the targets do is in Scripts/.
.DEFAULT_GOAL := help
.PHONY: help run build test test-all lint format clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## the demo network on this machine; options of `wattline up` in ARGS="--duration 1m"
	@Scripts/run.sh $(ARGS)

build: ## a release build of wattline
	@Scripts/build.sh

test: ## lint, build without a warning, unit, scenario and acceptance tests; those of compose where Docker is
	@Scripts/test.sh

test-all: ## test, with images that are compiled, then more seeds, longer scenarios, long acceptance tests and mutations, then the unit tests under the address and the thread sanitizer
	@Scripts/test.sh --all

lint: ## style of Swift, who imports whom, names in the manuals, and that asyncapi.yaml and network.json agree with their schemas
	@Scripts/lint.sh

format: ## rewrite the Swift sources in the house style
	@Scripts/format.sh

clean: ## remove what was built
	@rm -rf .build .build-asan .build-fuzz .build-tsan Fuzz/.build
