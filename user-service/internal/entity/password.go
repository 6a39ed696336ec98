package entity

import (
	_ "embed" // for the list of common passwords
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/fault"
)

// Bounds of a password, in characters.
const (
	minPassword = 8
	maxPassword = 128
	minClasses  = 3
)

// commonPasswords holds, one a line and in lower case, those of the 20 000 most
// common passwords (by Royce Williams, as in Django) that could otherwise pass.
//
//go:embed common_passwords.txt
var commonPasswords string

// commonWords holds words that stay guessable with digits and signs around
// them, one a line.
//
//go:embed common_words.txt
var commonWords string

// CheckPassword fails, at the given place, unless password keeps the rules: 8
// to 128 characters, at least three of upper case, lower case, digits and
// others, no white space, and none that everyone tries first.
func CheckPassword(location, password string) error {
	return fault.InvalidAll(PasswordViolations(location, password)...).Err()
}

// PasswordViolations lists what breaks the rules of CheckPassword.
func PasswordViolations(location, password string) []fault.Violation {
	var found []fault.Violation
	add := func(broken bool, message string) {
		if broken {
			found = append(found, fault.Violation{Location: location, Message: message})
		}
	}
	length := utf8.RuneCountInString(password)
	add(length < minPassword, "is shorter than 8 characters")
	add(length > maxPassword, "is longer than 128 characters")
	add(strings.ContainsFunc(password, unicode.IsSpace), "has white space")
	add(classes(password) < minClasses, "needs three of: upper case, lower case, digit, special character")
	add(isCommon(password), "is one of the most common passwords")
	return found
}

// classes counts the kinds of characters in a password.
func classes(password string) int {
	var upper, lower, digit, special int
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		case !unicode.IsSpace(r):
			special = 1
		}
	}
	return upper + lower + digit + special
}

// isCommon reports whether guessing starts with such a password: one of the
// list, or one of the words in a usual disguise ("P@ssw0rd!23").
func isCommon(password string) bool {
	disguises := strings.NewReplacer("@", "a", "4", "a", "3", "e", "1", "i", "!", "i", "0", "o", "$", "s", "5", "s", "7", "t")
	plain := strings.ToLower(password)
	word := strings.TrimRightFunc(plain, isTrimming)
	inner := strings.TrimLeftFunc(word, isTrimming)
	return hasLine(commonPasswords, plain) ||
		hasLine(commonWords, disguises.Replace(word)) || hasLine(commonWords, disguises.Replace(inner))
}

func isTrimming(r rune) bool { return !unicode.IsLetter(r) }

// hasLine reports whether list has exactly this line. A scan takes some
// microseconds, nothing beside hashing the password.
func hasLine(list, line string) bool {
	return line != "" && !strings.Contains(line, "\n") && strings.Contains("\n"+list, "\n"+line+"\n")
}
