# Everything a person does with this repository; `make` lists it.

PREFIX ?= /usr/local
FILTER ?=
BENCH ?=
BUILD := .build
TEST_BUILD := .build-tests
RESOURCES := swift-mixed-models_MixedModels.resources

ifeq ($(shell uname -s),Darwin)
# Homebrew's headers (Boost) are not where the compiler looks by itself.
export CPATH := $(shell brew --prefix 2>/dev/null)/include$(if $(CPATH),:$(CPATH))
BUILD_FLAGS := -c release
else
# Binding symbols at start costs less than binding each at its first call, in the middle of a fit.
BUILD_FLAGS := -c release --static-swift-stdlib -Xlinker -z -Xlinker now
endif
BINARIES = $$(swift build $(BUILD_FLAGS) --scratch-path $(BUILD) --show-bin-path)

.DEFAULT_GOAL := help
.PHONY: help setup build demo test bench lint format install uninstall clean

help: ## list what can be made
	@echo "make TARGET, where TARGET is one of"
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install the system packages that are missing
	@Scripts/setup.sh

build: setup ## build the command `mixed`, optimised
	@Scripts/build.sh $(BUILD_FLAGS) --scratch-path $(BUILD) --product mixed

demo: build ## fit the sleep-study model on bundled data
	@echo "\$$ mixed fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy"
	@"$(BINARIES)/mixed" fit 'Reaction ~ Days + (1 + Days | Subject)' @sleepstudy

test: setup ## run the tests; FILTER=name runs those whose names match, VERBOSE=1 shows every test
	@Scripts/test.sh --scratch-path $(TEST_BUILD) $(if $(FILTER),--filter '$(FILTER)')

bench: build ## measure how fast it is on this machine; BENCH='inference --repeats 5'
	@Scripts/build.sh $(BUILD_FLAGS) --scratch-path $(BUILD) --product benchmarks
	@"$(BINARIES)/benchmarks" $(BENCH)

lint: ## check the style of all Swift files
	@swift format lint --strict --parallel --recursive Sources Tests Benchmarks Package.swift
	@echo "lint: clean"

format: ## rewrite all Swift files in the project's style
	@swift format --in-place --parallel --recursive Sources Tests Benchmarks Package.swift

install: build ## install `mixed` under PREFIX (default /usr/local)
	@install -d "$(DESTDIR)$(PREFIX)/bin" "$(DESTDIR)$(PREFIX)/lib/mixed"
	@install -m 755 "$(BINARIES)/mixed" "$(DESTDIR)$(PREFIX)/lib/mixed/mixed"
	@rm -rf "$(DESTDIR)$(PREFIX)/lib/mixed/$(RESOURCES)"
	@if [ -d "$(BINARIES)/$(RESOURCES)" ]; then cp -R "$(BINARIES)/$(RESOURCES)" "$(DESTDIR)$(PREFIX)/lib/mixed/"; fi
	@ln -sf ../lib/mixed/mixed "$(DESTDIR)$(PREFIX)/bin/mixed"
	@echo "installed $(DESTDIR)$(PREFIX)/bin/mixed"

uninstall: ## remove what `make install` put under PREFIX
	@rm -rf "$(DESTDIR)$(PREFIX)/lib/mixed" "$(DESTDIR)$(PREFIX)/bin/mixed"

clean: ## remove everything that was built
	@rm -rf $(BUILD) $(TEST_BUILD)
