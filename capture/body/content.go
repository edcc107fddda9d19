package body

import (
	"bytes"
	"fmt"
	"mime"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"creel/capture"
	"creel/capture/safe"
	"creel/capture/words"
)

// Content is a body ready to be viewed. It is not changed once made.
type Content struct {
	Raw []byte // as captured
	// Data is Raw with its Content-Encoding undone.
	Data []byte
	// Text is Data in UTF-8. It is Data itself where the charset is UTF-8,
	// unknown, or of no concern.
	Text []byte
	// Media is the media type in lower case, without parameters; empty when
	// there is none.
	Media  string
	Params map[string]string // of the media type; names in lower case
	// Notes say what was undone and what could not be, one sentence each.
	Notes []safe.Text
	Cut   bool // Data is only the beginning

	once  sync.Once
	suits renderer // once it was looked for
}

// Read makes the content of a body that came with fields.
func Read(raw []byte, fields []capture.Field) *Content {
	d := Decode(raw, fields)
	c := &Content{Raw: raw, Data: d.Data, Text: d.Data, Cut: d.Cut}
	if len(d.Layers) > 0 {
		c.note("%s: %s, decoded %s", strings.Join(d.Layers, ", "), words.Size(int64(len(raw))), words.Size(int64(len(d.Data))))
	}
	if d.Cut {
		c.note("cut at %d MiB: this is the beginning, the rest is not decoded", MaxDecoded>>20)
	}
	if d.Err != nil {
		c.note("%v", d.Err)
	}
	c.Media, c.Params = MediaType(fields)
	c.decodeText()
	return c
}

func (c *Content) note(format string, args ...any) {
	c.Notes = append(c.Notes, safe.Line(fmt.Sprintf(format, args...)))
}

// MediaType reads the Content-Type as far as it can be read: the type in lower case,
// and its parameters.
func MediaType(fields []capture.Field) (string, map[string]string) {
	value, _ := capture.FieldValue(fields, "Content-Type")
	media, params, err := mime.ParseMediaType(value)
	if err != nil && media == "" {
		media, _, _ = strings.Cut(value, ";")
	}
	return strings.ToLower(strings.TrimSpace(media)), params
}

// is reports whether the media type is one of those, or has one of them as its
// structured syntax suffix (RFC 6838 section 4.2.8), given as "+json".
func (c *Content) is(types ...string) bool {
	return slices.ContainsFunc(types, func(t string) bool { return c.Media == t || t[0] == '+' && strings.HasSuffix(c.Media, t) })
}

// saysNothing reports whether the media type leaves open what the bytes are.
func (c *Content) saysNothing() bool { return c.Media == "" || c.Media == "application/octet-stream" }

// peek is how much of a body is looked at to tell its format.
const peek = 4096

// printable reports whether the beginning of the text is text: no NUL, and of
// the rest no more than one in sixteen not UTF-8 or a control character that
// does not occur in text.
func (c *Content) printable() bool {
	head := c.Text[:min(len(c.Text), peek)]
	size, bad := len(head), 0
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		switch {
		case r == 0:
			return false
		case r == utf8.RuneError && n == 1, r < 0x20 && !bytes.ContainsRune([]byte("\t\n\r\f\x1b\x1e"), r), r == 0x7f:
			bad++
		}
		head = head[n:]
	}
	return bad*16 <= size
}
