package repository_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/oms-fleet/oms/product-service/internal/repository"
)

func TestWordsHaveNoCaseAndNoAccents(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"Crème BRÛLÉE":            {"brulee", "creme"},
		"Straße, straße; STRASSE": {"strasse"},
		"Øl & Łódź":               {"lodz", "ol"},
		"İstanbul ısı":            {"isi", "istanbul"},
		"ﬁne ²³ ½":                {"1", "2", "23", "fine"},
		"T-Shirt (XL) 100%":       {"100", "shirt", "t", "xl"},
		"日本 がぎ":                   {"かき", "日本"},
		"हिन्दी":                  {"हिनदी"},
		" \t-_%\\'\"":             nil,
	} {
		if diff := cmp.Diff(repository.Words(text), want); diff != "" {
			t.Errorf("words of %q (-got +want):\n%s", text, diff)
		}
	}
}

func TestWordsThatBeginOthersSayNothing(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff(repository.Prefixes("lamp la lamp desk d"), []string{"desk", "lamp"}); diff != "" {
		t.Errorf("prefixes (-got +want):\n%s", diff)
	}
}

// Whatever the text, its words fit the table and hold nothing that LIKE would
// take for a wildcard, and folding them again changes nothing.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"Crème brûlée", "100%_\\", strings.Repeat("ﷺ", 30), "a\u0301\u0327b", "\xff\xfe", "Ǆ ŉ ΐ"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found := repository.Words(text)
		for _, word := range found {
			if n := utf8.RuneCountInString(word); n == 0 || n > 64 || strings.ContainsAny(word, `%_\ `) {
				t.Errorf("word %q of %q", word, text)
			}
		}
		if again := repository.Words(strings.Join(found, " ")); !cmp.Equal(again, found) {
			t.Errorf("words of the words of %q: %q, want %q", text, again, found)
		}
	})
}
