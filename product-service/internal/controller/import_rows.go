package controller

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/oms-fleet/oms/common/fault"
	"github.com/oms-fleet/oms/common/id"
	"github.com/oms-fleet/oms/common/ijson"
	"github.com/oms-fleet/oms/common/money"
	"github.com/oms-fleet/oms/product-service/internal/entity"
)

// importFields are the columns of a CSV and the fields of a line of JSON.
var importFields = [...]string{"id", "name", "description", "price", "quantity"}

// maxLine bounds a line of JSON.
const maxLine = 1 << 20

// csvRows reads rows of a CSV whose first line names the columns. What cannot be
// read ends it with a row that says so.
func csvRows(body io.Reader) iter.Seq[*entity.Row] {
	return func(yield func(*entity.Row) bool) {
		reader := csv.NewReader(bufio.NewReader(body))
		reader.FieldsPerRecord, reader.ReuseRecord = -1, true
		columns, err := csvColumns(reader)
		if err != nil {
			yield(unreadable(1, err))
			return
		}
		for number := 1; ; number++ {
			record, err := reader.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(unreadable(number, err))
				return
			}
			row := &entity.Row{Number: number}
			if len(record) != len(columns) {
				wrong(row, "", "has %d fields, the first line %d", len(record), len(columns))
			}
			for i, text := range record[:min(len(record), len(columns))] {
				switch {
				case !utf8.ValidString(text):
					wrong(row, columns[i], "is not UTF-8")
				case text != "":
					setField(row, columns[i], strings.Clone(text))
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}

// badHead is what is wrong with the line that names the columns.
type badHead string

func (b badHead) Error() string { return string(b) }

// csvColumns reads the line that names the columns.
func csvColumns(reader *csv.Reader) ([]string, error) {
	first, err := reader.Read()
	if err != nil {
		if errors.Is(err, io.EOF) {
			err = badHead("there is no line that names the columns")
		}
		return nil, err
	}
	first[0] = strings.TrimPrefix(first[0], "\ufeff")
	columns := make([]string, len(first)) // the reader uses its own again
	for i, name := range first {
		columns[i] = strings.TrimSpace(name)
		if slices.Contains(columns[:i], columns[i]) {
			return nil, badHead("the first line names a column twice")
		}
	}
	return columns, nil
}

// jsonRows reads rows of one JSON object a line.
func jsonRows(body io.Reader) iter.Seq[*entity.Row] {
	return func(yield func(*entity.Row) bool) {
		lines := bufio.NewScanner(body)
		lines.Buffer(make([]byte, 0, 64<<10), maxLine)
		number := 0
		for lines.Scan() {
			if strings.TrimSpace(lines.Text()) == "" {
				continue
			}
			number++
			if !yield(jsonRow(number, lines.Bytes())) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(unreadable(number+1, err))
		}
	}
}

var errNoObject = errors.New("is no JSON object")

// jsonFields reads the fields of one object; a failure says what the line is.
func jsonFields(line []byte) (fields map[string]json.RawMessage, err error) {
	_, err = ijson.Parse(line)
	if _, syntax := errors.AsType[*json.SyntaxError](err); syntax {
		return nil, errNoObject
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(line, &fields); err != nil || fields == nil {
		return nil, errNoObject
	}
	return fields, nil
}

func jsonRow(number int, line []byte) *entity.Row {
	row := &entity.Row{Number: number}
	fields, err := jsonFields(line)
	if err != nil {
		wrong(row, "", "%s", err)
		return row
	}
	for name, raw := range fields {
		if !slices.Contains(importFields[:], name) {
			setField(row, name, "") // which says so
			continue
		}
		text, quoted := string(raw), strings.HasPrefix(string(raw), `"`)
		if quoted {
			if err := json.Unmarshal(raw, &text); err != nil {
				wrong(row, name, "is no text")
				continue
			}
		}
		switch {
		case text == "null" && !quoted:
			continue
		case quoted == (name == "quantity"), !quoted && name != "price" && name != "quantity":
			if name != "price" {
				wrong(row, name, "is of the wrong type")
				continue
			}
		}
		setField(row, name, text)
	}
	return row
}

// setField reads one value of a row.
func setField(row *entity.Row, name, text string) {
	var err error
	switch name {
	case "id":
		row.ID, err = id.Parse(text)
	case "name":
		row.Name = &text
	case "description":
		row.Description = &text
	case "price":
		var amount money.Amount
		if amount, err = money.Parse(text); err == nil {
			row.Price = &amount
		}
	case "quantity":
		var units int
		if units, err = strconv.Atoi(text); err == nil {
			row.Quantity = &units
		}
	default:
		wrong(row, name, "is none of %s", strings.Join(importFields[:], ", "))
	}
	if err != nil {
		wrong(row, name, "%s", map[string]string{
			"id": "is no id", "price": "is not an amount with at most two decimals, such as 19.90", "quantity": "is no whole number",
		}[name])
	}
}

func wrong(row *entity.Row, field, format string, args ...any) {
	row.Wrong = append(row.Wrong, fault.Violation{Location: field, Message: fmt.Sprintf(format, args...)})
}

// unreadable is a row behind which nothing can be read any more.
func unreadable(number int, err error) *entity.Row {
	row := &entity.Row{Number: number}
	reason := "the body breaks off"
	if broken, ok := errors.AsType[*csv.ParseError](err); ok {
		reason = broken.Err.Error()
	} else if head, ok := errors.AsType[badHead](err); ok {
		reason = string(head)
	} else if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		reason = fmt.Sprintf("the body is longer than %d MiB", maxImport>>20)
	} else if errors.Is(err, bufio.ErrTooLong) {
		reason = fmt.Sprintf("the line is longer than %d MiB", maxLine>>20)
	}
	wrong(row, "", "cannot be read, nor what follows: %s", reason)
	return row
}
