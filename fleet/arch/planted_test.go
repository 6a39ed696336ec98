package arch

import (
	"strings"
	"testing"
)

// Every rule is seen to fail: a rule that finds nothing might look nowhere.
func TestRulesFindWhatBreaksThem(t *testing.T) {
	t.Parallel()
	imports := func(paths ...string) string {
		return "package p\n\nimport (\n\t_ \"" + strings.Join(paths, "\"\n\t_ \"") + "\"\n)\n"
	}
	tests := []struct {
		rule, file, source, want string
	}{
		{"services know nothing of each other", "order-service/internal/kafka/a.go", imports(ours + "user-service/app"), "imports another service"},
		{"services know nothing of each other", "common/web/a.go", imports(ours + "user-service/app"), "which only fleet may"},
		{"services know nothing of each other", "fleet/main.go", imports(ours + "user-service/internal/entity"), "more of a service than its app"},
		{"foundations stand alone", "common/money/a.go", imports(ours + "common/fault"), "imports something of ours"},
		{"entities are only decisions", "order-service/internal/entity/a.go", imports("context"), "context"},
		{"entities are only decisions", "order-service/internal/entity/a.go", imports("net/http"), "net/http"},
		{"entities are only decisions", "order-service/internal/entity/a.go", imports("github.com/google/uuid"), "github.com/google/uuid"},
		{"layers import only downwards", "order-service/internal/entity/a.go", imports(ours + "common/database"), "entity may not import common/database"},
		{"layers import only downwards", "order-service/internal/service/a.go", imports(ours + "common/database"), "service may not import common/database"},
		{"layers import only downwards", "order-service/internal/service/a.go", imports(ours + "order-service/internal/repository"), "service may not import"},
		{"layers import only downwards", "order-service/internal/repository/a.go", imports(ours + "order-service/internal/service"), "repository may not import"},
		{"layers import only downwards", "order-service/internal/kafka/a.go", imports(ours + "order-service/internal/repository"), "kafka may not import"},
		{"layers import only downwards", "order-service/internal/controller/a.go", imports(ours + "order-service/internal/service"), "controller may not import"},
		{"layers import only downwards", "order-service/internal/kafka/a.go", imports(ours + "order-service/app"), "kafka may not import"},
		{"layers import only downwards", "order-service/internal/helpers/a.go", imports(ours + "common/fault"), "helpers may not import"},
		{"layers import only downwards", "order-service/main.go", imports(ours + "order-service/internal/service"), "main may not import"},
		{"libraries stay behind their fences", "order-service/internal/kafka/a.go", imports("github.com/segmentio/kafka-go"), "kafka-go outside"},
		{"libraries stay behind their fences", "order-service/internal/service/a.go", imports("github.com/redis/go-redis/v9"), "go-redis outside"},
		{"libraries stay behind their fences", "order-service/internal/service/a.go", imports("github.com/jmoiron/sqlx"), "sqlx outside"},
		{"libraries stay behind their fences", "common/web/a.go", imports("github.com/go-sql-driver/mysql"), "mysql outside"},
		{"libraries stay behind their fences", "order-service/internal/service/a.go", imports("github.com/danielgtaylor/huma/v2"), "huma outside"},
		{"libraries stay behind their fences", "common/auth/a.go", imports("github.com/go-chi/chi/v5"), "chi outside"},
		{"libraries stay behind their fences", "order-service/internal/security/a.go", imports("github.com/golang-jwt/jwt/v5"), "jwt outside"},
		{"libraries stay behind their fences", "order-service/app/a.go", imports("github.com/kelseyhightower/envconfig"), "envconfig outside"},
		{"libraries stay behind their fences", "common/kafka/broker/a.go", imports("github.com/twmb/franz-go/pkg/kfake"), "franz-go outside"},
		{"libraries stay behind their fences", "order-service/app/a.go", imports("gocloud.dev/blob"), "gocloud.dev outside"},
		{"deciding code neither logs nor looks at the clock", "order-service/internal/service/a.go", imports("log/slog"), "logs"},
		{"deciding code neither logs nor looks at the clock", "order-service/internal/entity/a.go", "package p\n\nfunc f() any { return time.Now() }", "looks at the clock"},
		{"only mains talk to the process", "order-service/app/a.go", "package p\n\nfunc f() { os.Exit(1) }", "uses os.Exit"},
		{"only mains talk to the process", "common/web/a.go", "package p\n\nfunc f() string { return os.Getenv(\"X\") }", "uses os.Getenv"},
		{"nothing happens before main", "common/web/a.go", "package p\n\nfunc init() {}", "has an init function"},
		{"nothing happens before main", "common/web/a.go", "package p\n\nvar counter int", "counter"},
		{"nothing happens before main", "common/web/a.go", "package p\n\nvar Names = []string{}", "Names"},
		{"nothing happens before main", "common/web/a.go", "package p\n\nvar seen = map[string]int{}\n\nfunc f() { seen[\"x\"]++ }", "seen"},
		{"nothing happens before main", "common/web/a.go", "package p\n\nvar seen = map[string]int{}\n\nfunc f() { delete(seen, \"x\") }", "seen"},
		{"nothing happens before main", "common/web/a.go", "package p\n\nvar cache = sync.Map{}", "cache"},
		{"nobody panics", "common/web/a.go", "package p\n\nfunc f() { panic(\"no\") }", "panics"},
		{"files are short", "common/web/a.go", "package p\n" + strings.Repeat("\n", longest), "has 251 lines"},
	}
	for _, tt := range tests {
		broken := check(read(t, planted(tt.file, tt.source)), rules()[tt.rule])
		if len(broken) != 1 || !strings.Contains(broken[0], tt.want) || !strings.HasPrefix(broken[0], tt.file) {
			t.Errorf("%s: %s with\n%s\ngives %q, want %q", tt.rule, tt.file, tt.source, broken, tt.want)
		}
	}
}

func TestRulesLeaveInnocentCodeAlone(t *testing.T) {
	t.Parallel()
	innocent := map[string]string{
		"order-service/internal/entity/a.go":  "package p\n\nimport (\n\t_ \"net/mail\"\n\t_ \"" + ours + "common/money\"\n)\n",
		"order-service/internal/service/a.go": "package p\n\nimport _ \"" + ours + "order-service/internal/entity\"\n\nvar errLate = errors.New(\"late\")\n",
		"order-service/app/a.go":              "package p\n\nimport (\n\t_ \"" + ours + "order-service/internal/service\"\n\t_ \"" + ours + "order-service/internal/repository\"\n)\n",
		"order-service/main.go":               "package main\n\nimport _ \"" + ours + "order-service/app\"\n\nfunc main() { os.Exit(1) }\n",
		"fleet/internal/services/a.go":        "package p\n\nimport _ \"" + ours + "user-service/app\"\n",
		"common/web/a.go":                     "package p\n\nvar _ http.Handler = a{}\n\n//go:embed page.html\nvar page string\n\nvar names = []string{\"a\"}\n\nfunc f() { panic(http.ErrAbortHandler) }\n",
		"common/web/a_test.go":                "package p\n\nvar counter int\n",
		"common/database/databasetest/a.go":   "package p\n\nvar counter int\n",
	}
	for path, source := range innocent {
		for name, rule := range rules() {
			if broken := check(read(t, planted(path, source)), rule); len(broken) != 0 {
				t.Errorf("%s finds %q", name, broken)
			}
		}
	}
}
