# Every target works on a fresh machine with Go and PostgreSQL binaries or npm.
.DEFAULT_GOAL := help
SHELL := bash
N ?= 1000000
SEED ?= 0
LINT := go tool -modfile=tools/go.mod golangci-lint

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

# These ask one question after another, or do what every opened hub does too: the race detector would find nothing more there, and makes them up to seven times as long.
ALONE := e2e/threeways e2e/noninterference e2e/attacks e2e/portal e2e policy e2e/programme cmd/korpu internal/demo/country internal/records migrations
# Of noninterference, TestLeaks asks several at once, and these do not.
ONE := 'WithoutAGuard|TellsOf|AlikeWhateverIsHidden'
# One more at a time than there are processors: tests wait for PostgreSQL as often as they compute. The longest come first. They have
# memory enough to collect garbage seldom, which saves threeways a third of its processor time. `make check` runs go vet, so it is not run again.
TEST = GOGC=400 go test -vet=off -shuffle=on -timeout 28m -p $$(($$(nproc) + 1))

test: ## all tests, with the race detector where anything runs at once
	$(TEST) -skip '^TestLeaks$$' $(ALONE:%=./%)
	$(TEST) -race -skip $(ONE) ./e2e/noninterference $$(go list ./... | grep -vxF $(ALONE:%=-e korpu/%))

generate: ## make what is generated anew: gqlgen's code, access matrix, reference pages, schemas of the profiles
	go generate ./resolvers
	go run ./cmd/korpu policy matrix --out docs/reference/access-matrix.md
	go run ./cmd/korpu docs docs/reference
	go test ./policy -run TestEachProfileHasTheSchemaThatWasReviewed -update

check: ## what CI runs: generated files in step, format, lint, vet, policy, tests
	./.ci/generated
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }
	go vet ./...
	$(LINT) run ./...
	go run ./cmd/korpu policy check
	$(MAKE) test

lint: ## the linter alone
	$(LINT) run ./...

leaktest: ## ask N random operations and go through the portal, and fail where a hidden change alters an answer or a page; SEED= repeats a run
	go test ./e2e/noninterference -run 'TestLeaks|TestNoPageTells' -count 1 -timeout 0 -v -leak.n $(N) -leak.seed $(SEED)

crashtest: N = 200
crashtest: ## kill hub and database and fill the disk under load, N times; SEED= repeats the moments
	go test ./e2e/crash -count 1 -timeout 0 -v -crash.n $(N) -crash.seed $(SEED)

bench: ## measure beside hand-written handlers, and with PEERS=1 beside PostGraphile
	go run ./bench

demo: ## run the hub over a synthetic country
	go run ./cmd/korpu demo

build: ## build the binary
	go build -o bin/korpu ./cmd/korpu

.PHONY: help test generate check lint leaktest crashtest bench demo build
