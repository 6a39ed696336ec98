package arch

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// rules are all that is checked, by name.
func rules() map[string]func(file) []string {
	return map[string]func(file) []string{
		"services know nothing of each other":               servicesKnowNothingOfEachOther,
		"foundations stand alone":                           foundationsStandAlone,
		"entities are only decisions":                       entitiesAreOnlyDecisions,
		"layers import only downwards":                      layersImportOnlyDownwards,
		"libraries stay behind their fences":                librariesStayBehindTheirFences,
		"deciding code neither logs nor looks at the clock": decidingCodeNeitherLogsNorLooksAtTheClock,
		"only mains talk to the process":                    onlyMainsTalkToTheProcess,
		"nothing happens before main":                       nothingHappensBeforeMain,
		"nobody panics":                                     nobodyPanics,
		"files are short":                                   filesAreShort,
	}
}

// check returns what breaks a rule, each as its file and how.
func check(files []file, rule func(file) []string) (broken []string) {
	for _, f := range files {
		for _, how := range rule(f) {
			broken = append(broken, f.path+" "+how)
		}
	}
	return broken
}

func read(t *testing.T, root fs.FS) []file {
	t.Helper()
	files, err := load(root)
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestRepositoryKeepsTheRules(t *testing.T) {
	t.Parallel()
	files := read(t, os.DirFS("../.."))
	for name, rule := range rules() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, how := range check(files, rule) {
				t.Error(how)
			}
		})
	}
}

func TestAllModulesAreLookedAt(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, f := range read(t, os.DirFS("../..")) {
		module, _, _ := strings.Cut(f.folder, "/")
		seen[module] = true
	}
	want := map[string]bool{"common": true, "user-service": true, "product-service": true, "order-service": true, "fleet": true}
	if diff := cmp.Diff(seen, want); diff != "" {
		t.Errorf("modules (-got +want):\n%s", diff)
	}
}

// planted is a repository with one file.
func planted(name, source string) fs.FS {
	const work = "go 1.26.0\n\nuse (\n\t./common\n\t./fleet\n\t./order-service\n)\n"
	repository := fstest.MapFS{name: {Data: []byte(source)}, "go.work": {Data: []byte(work)}}
	for _, module := range []string{"common", "fleet", "order-service"} {
		repository[module+"/go.mod"] = &fstest.MapFile{}
	}
	return repository
}
