package controller

import (
	"html"
	"strings"
)

// markup is HTML with holes, such as {title}. It is ours, letter by letter, but
// for the texts that were put into it. (html/template does this and more, by
// reflection, for which the linker keeps every method of the program: 10 MB.)
type markup string

// text fills a hole with a text, escaped: it can neither end an attribute in
// quotes, nor begin a tag, nor make another hole.
func (m markup) text(hole, text string) markup {
	escaped := strings.ReplaceAll(html.EscapeString(text), "{", "&#123;")
	return m.put(hole, markup(escaped))
}

// put fills a hole with more markup, or with nothing.
func (m markup) put(hole string, more markup) markup {
	return markup(strings.ReplaceAll(string(m), "{"+hole+"}", string(more)))
}

// when is m where a condition holds, else nothing.
func (m markup) when(holds bool) markup {
	if holds {
		return m
	}
	return ""
}
