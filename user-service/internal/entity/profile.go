package entity

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/plain"
)

// Bounds of a profile's texts, in characters.
const (
	MaxName    = 100
	MaxAddress = 500
)

// Profile is what people tell about themselves. Texts that were not told are
// empty.
type Profile struct {
	Email     string
	FirstName string
	LastName  string
	Address   string
}

// Trimmed returns the profile without white space around its texts. An e-mail
// address stays as it is: white space there is a mistake.
func (p Profile) Trimmed() Profile {
	p.FirstName = strings.TrimSpace(p.FirstName)
	p.LastName = strings.TrimSpace(p.LastName)
	p.Address = strings.TrimSpace(p.Address)
	return p
}

// Violations lists what breaks the rules, each with the name of its field.
func (p Profile) Violations() []fault.Violation {
	var found []fault.Violation
	add := func(field, mistake string) {
		if mistake != "" {
			found = append(found, fault.Violation{Location: field, Message: mistake})
		}
	}
	add("email", emailMistake(p.Email))
	add("firstName", lineMistake(p.FirstName, MaxName))
	add("lastName", lineMistake(p.LastName, MaxName))
	add("address", textMistake(p.Address, MaxAddress))
	return found
}

// ProfileChange is a partial change; what is nil stays.
type ProfileChange struct {
	Email, FirstName, LastName, Address *string
}

// Apply returns the profile as it is after the change.
func (c ProfileChange) Apply(p Profile) Profile {
	set(&p.Email, c.Email)
	set(&p.FirstName, c.FirstName)
	set(&p.LastName, c.LastName)
	set(&p.Address, c.Address)
	return p
}

// Fields names what a change touches, for the audit record.
func (c ProfileChange) Fields() string {
	var names []string
	for _, field := range []struct {
		name  string
		value *string
	}{{"email", c.Email}, {"firstName", c.FirstName}, {"lastName", c.LastName}, {"address", c.Address}} {
		if field.value != nil {
			names = append(names, field.name)
		}
	}
	return strings.Join(names, ",")
}

func set(field, value *string) {
	if value != nil {
		*field = *value
	}
}

// lineMistake says what is wrong with a text of one line, "" if nothing is.
func lineMistake(text string, most int) string {
	if !plain.Line(text) {
		return "has control characters"
	}
	return textMistake(text, most)
}

// textMistake says what is wrong with a text of several lines.
func textMistake(text string, most int) string {
	switch {
	case utf8.RuneCountInString(text) > most:
		return fmt.Sprintf("is longer than %d characters", most)
	case !plain.Text(text):
		return "has control characters"
	}
	return ""
}
