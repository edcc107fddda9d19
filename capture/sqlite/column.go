package sqlite

import (
	"bytes"
	"database/sql/driver"
	"strings"
	"time"

	"creel/capture"
)

// column is one column of the rows that hold a T. NULL stands for the zero value,
// which saves most of what rarely says something.
type column[T any] struct {
	name string
	get  func(*T) driver.Value
	set  func(*T, value, *interner) // not called for NULL
}

// single is a column of one value, with how it is written and read.
func single[T any, F comparable](name string, at func(*T) *F, write func(F) driver.Value, read func(value, *interner) F) column[T] {
	var zero F
	return column[T]{
		name,
		func(t *T) driver.Value {
			if f := *at(t); f != zero {
				return write(f)
			}
			return nil
		},
		func(t *T, v value, in *interner) { *at(t) = read(v, in) },
	}
}

func text[T any, S ~string](name string, at func(*T) *S) column[T] {
	return single(name, at,
		func(s S) driver.Value { return string(s) },
		func(v value, in *interner) S { return S(in.text(v.data)) })
}

func integer[T any, N ~int | ~int64 | ~uint64](name string, at func(*T) *N) column[T] {
	return single(name, at,
		func(n N) driver.Value { return int64(n) },
		func(v value, _ *interner) N { return N(v.number) })
}

func flag[T any](name string, at func(*T) *bool) column[T] {
	return single(name, at,
		func(bool) driver.Value { return int64(1) },
		func(v value, _ *interner) bool { return v.number == 1 })
}

// moment is a time in nanoseconds since 1970.
func moment[T any](name string, at func(*T) *time.Time) column[T] {
	return column[T]{
		name,
		func(t *T) driver.Value {
			if m := *at(t); !m.IsZero() {
				return m.UnixNano()
			}
			return nil
		},
		func(t *T, v value, _ *interner) { *at(t) = time.Unix(0, v.number) },
	}
}

// slice is a column of a list that is kept as write makes it.
func slice[T, E any, V string | []byte](name string, at func(*T) *[]E, write func([]E) V, read func([]byte, *interner) []E) column[T] {
	return column[T]{
		name,
		func(t *T) driver.Value {
			if l := *at(t); len(l) > 0 {
				return write(l)
			}
			return nil
		},
		func(t *T, v value, in *interner) { *at(t) = read(v.data, in) },
	}
}

func blob[T any](name string, at func(*T) *[]byte) column[T] {
	return slice(name, at, func(b []byte) []byte { return b }, clone)
}

func clone(b []byte, _ *interner) []byte { return bytes.Clone(b) }

// bytesText is a text of bytes that rarely are one.
func bytesText[T any](name string, at func(*T) *[]byte) column[T] {
	return slice(name, at, func(b []byte) string { return string(b) }, clone)
}

func fields[T any](name string, at func(*T) *[]capture.Field) column[T] {
	return slice(name, at, fieldsText, func(text []byte, in *interner) []capture.Field { return in.fields(text) })
}

func texts[T any](name string, at func(*T) *[]string) column[T] {
	return slice(name, at, listText, parseList)
}

// bytesOf returns the bytes of a value, nil when it has none.
func bytesOf(v driver.Value) []byte { b, _ := v.([]byte); return b }

// appendValues appends the columns of a row to values.
func appendValues[T any](values []driver.Value, columns []column[T], from *T) []driver.Value {
	for i := range columns {
		values = append(values, columns[i].get(from))
	}
	return values
}

// scan puts the columns of a row into a T.
func scan[T any](columns []column[T], row []value, in *interner, into *T) {
	for i := range columns {
		if v := row[i]; v.kind != kindNull {
			columns[i].set(into, v, in)
		}
	}
}

// withMore returns columns and one more, named more: a JSON object of those that rarely
// matter, without those that have the zero value.
func withMore[T any](columns, more []column[T]) []column[T] {
	return append(columns, column[T]{
		"more",
		func(t *T) driver.Value {
			var out strings.Builder
			for i := range more {
				if v := more[i].get(t); v != nil {
					writeMember(&out, more[i].name, v)
				}
			}
			if out.Len() == 0 {
				return nil
			}
			out.WriteByte('}')
			return out.String()
		},
		func(t *T, v value, in *interner) {
			p := quoted(v.data)
			for i := range more { // they were written in this order
				if len(p) < 2 {
					break
				}
				if v, ok := p.member(more[i].name); ok {
					more[i].set(t, v, in)
				}
			}
		},
	})
}
