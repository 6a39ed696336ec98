package docs_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/oms-fleet/oms/common/config"
	"github.com/oms-fleet/oms/common/web"
)

const manifests = "../../deploy/kubernetes/base"

// deployments returns the manifests of what runs, by file.
func deployments(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	files, err := filepath.Glob(manifests + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), "kind: Deployment") {
			found[filepath.Base(file)] = string(text)
		}
	}
	if len(found) != 4 {
		t.Fatalf("%d deployments, want the gateway and three services", len(found))
	}
	return found
}

func TestPodsAreProbedBoundedAndWithoutRights(t *testing.T) {
	t.Parallel()
	for file, text := range deployments(t) {
		for _, needed := range []string{
			"readinessProbe: {", "livenessProbe: {", "requests: {cpu: ", "limits: {memory: ", "runAsNonRoot: true", "seccompProfile: {type: RuntimeDefault}",
			"readOnlyRootFilesystem: true", "allowPrivilegeEscalation: false", "capabilities: {drop: [ALL]}", "automountServiceAccountToken: false",
			"kind: PodDisruptionBudget", "maxUnavailable: 0, maxSurge: 1",
		} {
			if !strings.Contains(text, needed) {
				t.Errorf("%s lacks %s", file, needed)
			}
		}
	}
}

// TestPodsMayFinishWhatTheyHave compares how long a service takes to stop with
// the time after which its pod is killed.
func TestPodsMayFinishWhatTheyHave(t *testing.T) {
	t.Parallel()
	base, err := os.ReadFile(manifests + "/kustomization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	drain, err := time.ParseDuration(first(t, `DRAIN_DELAY=(\S+)`, string(base)))
	if err != nil {
		t.Fatal(err)
	}
	const closing = 2 * time.Second // groups are left and connections closed meanwhile
	for file, text := range deployments(t) {
		grace, err := strconv.Atoi(first(t, `terminationGracePeriodSeconds: (\d+)`, text))
		if err != nil {
			t.Fatal(err)
		}
		if needed := drain + shutdown(t) + closing; time.Duration(grace)*time.Second < needed {
			t.Errorf("%s: pods are killed after %d s and may need %s", file, grace, needed)
		}
	}
}

// shutdown is the usual SHUTDOWN_TIMEOUT.
func shutdown(t *testing.T) time.Duration {
	t.Helper()
	var text strings.Builder
	if err := config.Table(&text, &web.ServerConfig{}); err != nil {
		t.Fatal(err)
	}
	d, err := time.ParseDuration(first(t, "`SHUTDOWN_TIMEOUT` .*?\\| `(\\w+)` \\|", text.String()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func first(t *testing.T, pattern, text string) string {
	t.Helper()
	found := regexp.MustCompile(pattern).FindStringSubmatch(text)
	if found == nil {
		t.Fatalf("no %s", pattern)
	}
	return found[1]
}
