# Every target has one line of help: make help
SWIFT ?= swift
# Tests in parallel at a time: as many as there are would make each wait for all others.
TESTS_AT_ONCE ?= 4
TEST = SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=$(TESTS_AT_ONCE) scripts/run-tests $(SWIFT) test --disable-xctest

.PHONY: help build release test integration extended check fmt lint layers golden fuzz bench tsan coverage docs \
	sizes package bundle clean

help: ## Show this help
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build everything for debugging, tests included
	$(SWIFT) build --build-tests

release: ## Build the program as it is shipped
	scripts/build-release

test: ## Run the unit tests, in parallel
	$(TEST) --skip IntegrationTests

integration: ## Run the tests against real sshd, shells and the built binary
	SWIFT="$(SWIFT)" TESTS_AT_ONCE=$(TESTS_AT_ONCE) scripts/test-integration

extended: ## Run all tests, the slow ones whole
	$(SWIFT) build --product holdfast
	HOLDFAST_EXTENDED=1 $(TEST)

check: lint layers sizes ## Check format, layers, sizes, recorded texts and documents
	scripts/golden check
	scripts/check-docs

fmt: ## Format the sources
	$(SWIFT) format -i -r Sources Tests Package.swift

lint: ## Check format and rules of the sources, and the scripts
	scripts/lint

layers: ## Check that modules import only what they declare and may
	$(SWIFT) build --build-tests --explicit-target-dependency-import-check error
	$(TEST) --skip-build --filter ArchitectureTests

golden: ## Rewrite the recorded texts of the tests
	scripts/golden write

fuzz: ## Fuzz every decoder of outside bytes for a minute each
	scripts/fuzz

bench: ## Run the benchmarks and compare with their thresholds
	scripts/bench-run

tsan: ## Run the unit tests under the thread sanitizer
	$(TEST) --sanitize thread --scratch-path .build/tsan --skip IntegrationTests

coverage: ## Run the unit tests and show which lines of the sources they reach
	scripts/coverage

docs: ## Write the generated documents anew
	scripts/docs write

sizes: ## Show and check the sizes of files and functions
	scripts/sizes

package: ## Build the archive to ship, with manual page and completions
	scripts/package

bundle: ## Build the bundle (.mcpb) for assistants' programs
	scripts/bundle

clean: ## Remove what was built
	rm -rf .build
