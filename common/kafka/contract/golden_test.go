package contract

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write testdata anew")

const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

// golden compares got with a file of testdata, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path) // #nosec G304 -- in testdata
	if err != nil {
		t.Fatalf("%v; write it by: go test ./kafka/contract -update", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got), write it anew by -update:\n%s", path, diff)
	}
}

func TestMessagesAreWrittenAndReadAsTheSamplesSay(t *testing.T) {
	t.Parallel()
	for _, s := range samples(t) {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			record, err := NewRecord(s.message, traceparent)
			if err != nil {
				t.Fatalf("NewRecord: %v", err)
			}
			var indented bytes.Buffer
			if err := json.Indent(&indented, record.Body, "", "  "); err != nil {
				t.Fatal(err)
			}
			golden(t, s.name+".json", append(indented.Bytes(), '\n'))
			if s.decode == nil {
				return
			}
			got, err := s.decode(indented.Bytes())
			if err != nil {
				t.Fatalf("decode: %v", err)
			}
			if diff := cmp.Diff(s.message, got); diff != "" {
				t.Errorf("read (-want +got):\n%s", diff)
			}
		})
	}
}

// Where a message goes is as much of a contract as what it says.
func TestMessagesGoWhereTheListSays(t *testing.T) {
	t.Parallel()
	var list strings.Builder
	listed := map[string]bool{}
	for _, s := range samples(t) {
		record, err := NewRecord(s.message, traceparent)
		if err != nil {
			t.Fatalf("NewRecord: %v", err)
		}
		if record.ID.IsZero() || record.Traceparent != traceparent {
			t.Errorf("record of %s has id %s and traceparent %q", s.name, record.ID, record.Traceparent)
		}
		line := fmt.Sprintf("%-28s %-28s key %s\n", record.Topic, record.Type, fieldOf(t, record))
		if !listed[line] {
			list.WriteString(line)
		}
		listed[line] = true
	}
	golden(t, "topics.txt", []byte(list.String()))
}

// fieldOf returns the name of the body's field that is the record's key.
func fieldOf(t *testing.T, record Record) string {
	t.Helper()
	var fields map[string]any
	if err := json.Unmarshal(record.Body, &fields); err != nil {
		t.Fatal(err)
	}
	for name, value := range fields {
		if value == record.Key.String() {
			return name
		}
	}
	t.Fatalf("no field of %s is its key", record.Type)
	return ""
}

// The original system sends none of the added fields, and others of its own.
func TestRequestOfTheOriginalSystemIsRead(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/original-ProductValidationRequest.json")
	if err != nil {
		t.Fatal(err)
	}
	got, err := DecodeValidationRequest(raw)
	if err != nil {
		t.Fatalf("DecodeValidationRequest: %v", err)
	}
	want := ProductValidationRequest{
		OrderID: sampleID(t, "a1"), IdempotencyKey: "key-1", CorrelationID: "correlation-1",
		Products:   []RequestedChange{{ID: sampleID(t, "b1"), Delta: -2}},
		Fulfilment: Partial,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("request (-want +got):\n%s", diff)
	}
}

func TestMomentsAreWrittenInUTCWithMilliseconds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		moment time.Time
		want   string
	}{
		{time.Date(2026, 1, 2, 4, 4, 5, 678_999_999, time.FixedZone("CET", 3600)), `"2026-01-02T03:04:05.678Z"`},
		{time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), `"2026-01-02T03:04:05.000Z"`},
		{time.Time{}, "null"},
	} {
		got, err := json.Marshal(Time{tt.moment})
		if err != nil || string(got) != tt.want {
			t.Errorf("Marshal(%s) = %s, %v, want %s", tt.moment, got, err, tt.want)
		}
	}
}
