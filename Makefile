# What a developer needs. `make` lists it.

MODULES := common user-service product-service order-service fleet
PACKAGES := $(MODULES:%=./%/...)
PROGRAMS := ./user-service ./product-service ./order-service ./fleet
STATICCHECK := v0.8.2

.PHONY: help run test check build postman bench bench-auth bench-catalogue faults torture compose compose-smoke reset clean servers compiler clients

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | while IFS='|' read -r name text; do printf '%-22s %s\n' "$$name" "$$text"; done

run: servers build ## run the whole fleet on this machine until Ctrl-C; SPLIT=1 gives each service its own process
	@exec bin/fleet run $(if $(filter 1 true yes,$(SPLIT)),-split)

test: servers compiler clients build ## run every test, with the race detector, on servers of its own
	@bin/fleet infra go test -race -timeout 20m $(PACKAGES)

check: bin/staticcheck-$(STATICCHECK) ## what must hold before a commit: format, vet, lint, each module by itself
	@failed=; \
	unformatted=$$(gofmt -l $(MODULES)); [ -z "$$unformatted" ] || { echo "not formatted: $$unformatted" >&2; failed=yes; }; \
	for module in $(MODULES); do \
		echo "$$module"; \
		(cd $$module && GOWORK=off go build ./... && GOWORK=off go vet ./... && GOWORK=off go mod tidy -diff) || failed=yes; \
	done; \
	bin/staticcheck-$(STATICCHECK) $(PACKAGES) || failed=yes; \
	[ -z "$$failed" ]

build: ## build all programs into bin/
	@[ -x bin/fleet ] || echo 'building for the first time: this takes a minute or two'
	@mkdir -p bin && go build -trimpath -o bin/ $(PROGRAMS)

postman: ## walk the Postman collection through the running fleet; API=http://host:port for another
	@npm --prefix postman ci --silent
	@cd postman && npx newman run oms.postman_collection.json -e $(or $(ENVIRONMENT),local).postman_environment.json --env-var gateway=$(or $(API),http://127.0.0.1:8080)

bench-auth: servers build ## measure tokens and sign-ins: verified, signed, refreshed, and 300 people at the door; SECONDS=10
	@echo 'tokens verified on one core: seen before (200 000/s at least), and new (12 000/s)'
	@go test ./common/auth -run '^$$' -cpu 1 -bench Verify
	@echo 'tokens signed by one core, which bounds refreshes (RS256, 2048 bits); refreshes but for the signature (3 000/s)'
	@go test ./user-service/internal/security -run '^$$' -bench Sign
	@bin/fleet infra go test ./user-service/app -run '^$$' -bench Rotation
	@go build -o bin/ ./fleet/bench && bin/bench -auth -seconds $(or $(SECONDS),10)

bench-catalogue: servers build ## measure product-service with a hundred thousand products: import, reads, searches
	@go build -o bin/ ./fleet/bench && bin/bench -catalogue -seconds $(or $(SECONDS),8)

bench: servers build ## measure a fleet of its own on a durable database; SECONDS=60, FLOODERS=4000, PRELOAD=orders stored before, TARGET=fleet.json for a running one
	@go build -o bin/ ./fleet/bench && bin/bench -seconds $(or $(SECONDS),60) $(if $(FLOODERS),-flooders $(FLOODERS)) $(if $(PRELOAD),-preload $(PRELOAD)) $(if $(TARGET),-target $(TARGET))

compose: ## the fleet in containers, this commit as its version
	@OMS_VERSION=$$(git describe --always --dirty) OMS_REVISION=$$(git rev-parse HEAD) docker compose up -d --build --wait

compose-smoke: ## the end-to-end suite and newman against the fleet in containers, which is started for it
	@VALIDATION_DEADLINE=4s docker compose up -d --build --wait
	@deploy/smoke.sh

faults: servers compiler ## hurt a fleet of real processes in every way that docs/reliability.md lists (two minutes); TESTS=pattern for some
	@go test -count=1 -v -timeout 40m -parallel $(or $(PARALLEL),4) -tags faultpoints $(if $(TESTS),-run '$(TESTS)') ./fleet/faults -args $(if $(SEED),-seed $(SEED))

torture: servers compiler ## hurt a fleet at random for a while and hold every promise against it; SECONDS=60 SEED=1
	@go test -count=1 -v -timeout 24h -tags faultpoints -run '^TestTorture$$' ./fleet/faults -args -seconds $(or $(SECONDS),60) -seed $(or $(SEED),1)

reset: build ## throw the data of `make run` away
	@bin/fleet reset

clean: ## throw the programs away
	@rm -rf bin

servers:
	@fleet/install servers

compiler:
	@fleet/install compiler

clients:
	@fleet/install clients

bin/staticcheck-$(STATICCHECK):
	@echo 'installing staticcheck $(STATICCHECK)'
	@mkdir -p bin && GOBIN=$(CURDIR)/bin GOWORK=off go install honnef.co/go/tools/cmd/staticcheck@$(STATICCHECK) && mv bin/staticcheck $@
