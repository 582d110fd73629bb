# Everything a developer runs. `make help` lists the targets. Go, git and make are enough to begin: what the tests need
# beyond them is installed by `make setup`, which `make test` calls.

SHELL     := /bin/bash
GO        ?= go
TOOL      := $(GO) tool -modfile=tools/go.mod
BIN       := bin/gongkai
LISTEN    ?= 127.0.0.1:8080
DATA      ?= data
FUZZTIME  ?= 10m
BENCHTIME ?= 1s
# Directories with code of ours; tools/ is a module of its own.
CODE      := cmd internal

.DEFAULT_GOAL := help
.PHONY: footprint help run build test check fmt fmt-check vet lint generate generate-check accuracy bench fuzz crash test-s3 setup clean

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /\1\t/' | expand -t 16

run: build ## build and serve on the embedded database at 127.0.0.1:8080
	$(BIN) serve --data $(DATA) --listen $(LISTEN)

build: ## build bin/gongkai, a single static binary
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w' -o $(BIN) ./cmd/gongkai

test: setup vet ## install what the tests need, then run them all; a skipped test fails
	$(GO) run ./internal/tools/gotest -race -shuffle=on -timeout 20m ./...

check: fmt-check vet generate-check lint test ## what a change has to pass before it is handed in

fmt: ## format the code
	gofmt -w $(CODE)

fmt-check:
	@out=$$(gofmt -l $(CODE)); if [ -n "$$out" ]; then echo "not formatted (run make fmt):"; echo "$$out"; exit 1; fi

vet:
	$(GO) vet ./...

lint: ## run the linters of .golangci.yml (the first run builds them, about two minutes)
	$(TOOL) golangci-lint run ./...

generate: ## write the page templates as Go again
	$(TOOL) templ generate -path internal/web

generate-check: generate
	@if ! git diff --quiet -- '*_templ.go'; then echo "generated code is not up to date (run make generate and commit)"; git diff --stat -- '*_templ.go'; exit 1; fi

accuracy: ## print how many cells, sentences and blamed cells are judged right, per file
	@GO='$(GO)' scripts/accuracy.sh

bench: ## print the speed per report, in every benchmark (BENCHTIME=1s)
	@GO='$(GO)' scripts/bench.sh $(BENCHTIME)

fuzz: ## run every fuzz target for FUZZTIME (10m); what they find is kept under testdata/fuzz
	@GO='$(GO)' scripts/fuzz.sh $(FUZZTIME)

test-s3: ## build an S3 server (versitygw, two minutes the first time) and run the tests of the file store on it
	cd tools/s3 && $(GO) build -o ../../bin/versitygw github.com/versity/versitygw/cmd/versitygw
	GONGKAI_S3_SERVER='$(CURDIR)/bin/versitygw' $(GO) run ./internal/tools/gotest -tags s3 -race -timeout 10m ./internal/blob/...

crash: ## kill processes that write and restore, ROUNDS (300) times each, and look for what was confirmed
	@GO='$(GO)' scripts/crash.sh

footprint: ## print the size of the binary, the time to start and the memory when idle
	@GO='$(GO)' scripts/footprint.sh

setup: ## install the programs that the tests need, where they are missing
	@scripts/setup.sh

clean: ## remove what was built; never the data folder
	rm -rf bin dist
