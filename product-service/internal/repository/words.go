package repository

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// maxWord is how many characters of a word are kept, as in product_words.
const maxWord = 64

// fold takes case and accents away, so that texts that people take for the same
// become the same: "Crème BRÛLÉE", "creme brulee".
func fold(text string) string {
	text = norm.NFKD.String(cases.Fold().String(norm.NFKD.String(text)))
	var plain strings.Builder
	plain.Grow(len(text))
	for _, r := range text {
		if !unicode.Is(unicode.Mn, r) {
			plain.WriteString(base(r))
		}
	}
	return plain.String()
}

// base replaces letters whose stroke is no accent to Unicode.
func base(r rune) string {
	switch r {
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	case 'þ':
		return "th"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	default:
		return string(r)
	}
}

// words returns the folded words of texts, each once, in order.
func words(texts ...string) []string {
	var found []string
	for _, text := range texts {
		for _, word := range strings.FieldsFunc(fold(text), isSeparator) {
			found = append(found, cut(word, maxWord))
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

// nameKey returns what a name is sorted by.
func nameKey(name string) string { return cut(fold(name), 200) }

// cut returns at most the first n characters of text.
func cut(text string, n int) string {
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// prefixes returns the words of a search, without those that begin another and
// so say nothing of their own.
func prefixes(text string) []string {
	all := words(text)
	return slices.DeleteFunc(slices.Clone(all), func(word string) bool {
		return slices.ContainsFunc(all, func(other string) bool { return other != word && strings.HasPrefix(other, word) })
	})
}
