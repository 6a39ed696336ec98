package config

import (
	"fmt"
	"io"
	"log/slog"
)

// Secret is a text that never prints: not by fmt with any verb, not in JSON, not
// in a log. Keep it in exported fields: fmt looks into unexported ones without
// asking their types.
type Secret string

const hidden = "***"

// Reveal returns the text itself.
func (s Secret) Reveal() string { return string(s) }

// String hides the text.
func (s Secret) String() string { return hidden }

// Format hides the text from every verb: %d would show what String hides.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, hidden) } //nolint:errcheck // fmt takes no error

// MarshalText hides the text from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// LogValue hides the text from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(hidden) }
