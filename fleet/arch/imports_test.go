package arch

import (
	"slices"
	"strings"
)

// may lists what each layer of a service may import of common, besides its own
// entity. A layer that is not listed has not been thought of.
func may() map[string][]string {
	values := []string{"fault", "id", "money", "page", "plain"}
	plus := func(more ...string) []string { return append(more, values...) }
	return map[string][]string{
		"entity":     values,
		"service":    plus("auth"),
		"repository": plus("client", "config", "database", "outbox", "batch", "kafka/contract", "faultpoint"),
		"kafka":      plus("kafka/broker", "kafka/contract", "telemetry", "faultpoint"),
		"controller": plus("web", "ijson", "auth", "telemetry", "faultpoint"),
		"picture":    values,
		"security":   plus("auth", "client"),
		"catalogue":  plus("auth", "client", "telemetry"),
	}
}

// servicesKnowNothingOfEachOther: a service imports no other; only the fleet
// imports services, and only their app.
func servicesKnowNothingOfEachOther(f file) (broken []string) {
	for _, imported := range f.imports {
		module, rest, ok := split(imported)
		switch {
		case !ok || !strings.HasSuffix(module, "-service") || module == f.service():
		case f.service() != "":
			broken = append(broken, "imports another service: "+imported)
		case !f.within("fleet"):
			broken = append(broken, "imports a service, which only fleet may: "+imported)
		case rest != "app":
			broken = append(broken, "imports more of a service than its app: "+imported)
		}
	}
	return broken
}

// foundationsStandAlone: the smallest packages import nothing of ours.
func foundationsStandAlone(f file) (broken []string) {
	if !f.within("common/fault", "common/id", "common/money", "common/batch", "common/ijson", "common/plain") {
		return nil
	}
	for _, imported := range f.imports {
		if strings.HasPrefix(imported, ours) {
			broken = append(broken, "imports something of ours: "+imported)
		}
	}
	return broken
}

// entitiesAreOnlyDecisions: no I/O, no context, no library in entity.
func entitiesAreOnlyDecisions(f file) (broken []string) {
	if f.layer() != "entity" {
		return nil
	}
	forbidden := []string{"context", "database/sql", "io/fs", "log", "log/slog", "net", "net/http", "os", "os/exec", "syscall"}
	for _, imported := range f.imports {
		root, _, _ := strings.Cut(imported, "/")
		library := strings.Contains(root, ".") && !strings.HasPrefix(imported, ours)
		if library || slices.Contains(forbidden, imported) {
			broken = append(broken, "imports what does more than decide: "+imported)
		}
	}
	return broken
}

// layersImportOnlyDownwards: what a layer may import of ours. Only app, where
// everything meets, imports more than one layer; only main imports app.
func layersImportOnlyDownwards(f file) (broken []string) {
	layer := f.layer()
	if layer == "" || layer == "app" {
		return nil
	}
	for _, imported := range f.imports {
		module, rest, ok := split(imported)
		if ok && !allowed(f, layer, module, rest) {
			broken = append(broken, layer+" may not import "+strings.TrimPrefix(imported, ours))
		}
	}
	return broken
}

func allowed(f file, layer, module, rest string) bool {
	own := strings.TrimPrefix(rest, "internal/")
	switch {
	case layer == "main":
		return module == "common" || rest == "app"
	case module == "common":
		return slices.Contains(may()[layer], rest)
	case module != f.service():
		return true // told by another rule
	default:
		return own == "entity" || own == layer || strings.HasPrefix(own, layer+"/")
	}
}

// split cuts one of our import paths into its module and the rest.
func split(imported string) (module, rest string, ok bool) {
	imported, ok = strings.CutPrefix(imported, ours)
	module, rest, _ = strings.Cut(imported, "/")
	return module, rest, ok
}
