package sqlite

import (
	"bytes"

	"creel/capture"
)

// maxInterned is how many strings an interner knows before it starts again.
const maxInterned = 8192

// interner makes the strings and lists of fields of what is read. It keeps one copy of
// what the exchanges of a history have in common: the names of header fields, most of
// their values, and whole lists of fields that are the same as the last ones, as those of
// replies mostly are. Of 150,000 requests of one sender it leaves half in memory.
type interner struct {
	known map[string]string
	// The lists that were read last, each in the place that the length of its text gives.
	lists [64]struct {
		text []byte
		list []capture.Field
	}
}

func newInterner() *interner { return &interner{known: map[string]string{}} }

// text returns data as a string.
func (in *interner) text(data []byte) string {
	known, ok := in.known[string(data)]
	if !ok {
		if len(in.known) >= maxInterned {
			clear(in.known)
		}
		known = string(data)
		in.known[known] = known
	}
	return known
}

// fields returns the list that [fieldsText] wrote. It must not be changed.
func (in *interner) fields(text []byte) []capture.Field {
	last := &in.lists[len(text)%len(in.lists)]
	if !bytes.Equal(last.text, text) {
		last.text, last.list = append(last.text[:0], text...), parseFields(text, in)
	}
	return last.list
}
