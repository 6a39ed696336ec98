package arch

import "slices"

// fence is where alone a library may be used.
type fence struct {
	libraries []string
	layers    []string // of services
	folders   []string
}

func fences() []fence {
	return []fence{
		{libraries: []string{"github.com/segmentio/kafka-go"}, folders: []string{"common/kafka/broker"}},
		{libraries: []string{"github.com/redis/go-redis"}, layers: []string{"repository", "app"}},
		{
			libraries: []string{"github.com/jmoiron/sqlx", "github.com/go-sql-driver/mysql"}, layers: []string{"repository", "app"},
			folders: []string{"common/database", "common/outbox", "fleet/internal/database"},
		},
		{
			libraries: []string{"github.com/danielgtaylor/huma", "github.com/go-chi/chi"}, layers: []string{"controller", "app"},
			folders: []string{"common/web", "fleet/internal/gateway"},
		},
		{libraries: []string{"github.com/golang-jwt/jwt"}, folders: []string{"common/auth", "user-service/internal/security"}},
		{libraries: []string{"github.com/kelseyhightower/envconfig"}, folders: []string{"common/config"}},
		{libraries: []string{"github.com/twmb/franz-go", "github.com/alicebob/miniredis"}, folders: []string{"fleet"}},
		{libraries: []string{"gocloud.dev"}, folders: []string{"product-service"}},
	}
}

// librariesStayBehindTheirFences: one place knows a library, the others what it
// is used for. The load generator and the end-to-end tests look at the fleet from
// outside and need clients of their own.
func librariesStayBehindTheirFences(f file) (broken []string) {
	if f.within("fleet/bench", "fleet/e2e", "fleet/internal/shop", "fleet/internal/audit", "fleet/internal/topics") {
		return nil
	}
	for _, fence := range fences() {
		if slices.Contains(fence.layers, f.layer()) || f.within(fence.folders...) {
			continue
		}
		for _, library := range fence.libraries {
			if f.uses(library) {
				broken = append(broken, "uses "+library+" outside of its fence")
			}
		}
	}
	return broken
}
