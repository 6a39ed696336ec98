package repository

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
)

// list is a list of texts in one column, as a JSON array.
type list[T ~string] []T

// Scan reads the column.
func (l *list[T]) Scan(column any) error {
	var raw []byte
	switch text := column.(type) {
	case []byte:
		raw = text
	case string:
		raw = []byte(text)
	}
	if err := json.Unmarshal(raw, (*[]T)(l)); err != nil {
		return fmt.Errorf("read a list: %w", err)
	}
	return nil
}

// Value writes the column.
func (l list[T]) Value() (driver.Value, error) {
	if l == nil {
		return "[]", nil
	}
	raw, err := json.Marshal([]T(l))
	if err != nil {
		return nil, fmt.Errorf("write a list: %w", err)
	}
	return string(raw), nil
}
