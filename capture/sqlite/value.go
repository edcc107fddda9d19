package sqlite

import "database/sql/driver"

// kind is the type of a value as SQLite has it.
type kind uint8

const (
	kindNull kind = iota
	kindNumber
	kindText
	kindBlob
)

// value is a value of a row that was read. As a [driver.Value] each would be a piece of
// memory of its own.
type value struct {
	kind   kind
	number int64
	data   []byte // of a text or a blob; valid until the next row is read
}

// valueOf returns what SQLite gave.
func valueOf(v driver.Value) value {
	switch v := v.(type) {
	case int64:
		return value{kind: kindNumber, number: v}
	case string:
		return value{kind: kindText, data: []byte(v)}
	case []byte:
		return value{kind: kindBlob, data: v}
	}
	return value{}
}

func valuesOf(row []driver.Value) []value {
	values := make([]value, len(row))
	for i, v := range row {
		values[i] = valueOf(v)
	}
	return values
}

// driver returns the value for SQLite.
func (v *value) driver() driver.Value {
	switch v.kind {
	case kindNumber:
		return v.number
	case kindText:
		return string(v.data)
	case kindBlob:
		return v.data
	}
	return nil
}
