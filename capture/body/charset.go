package body

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"creel/capture"
)

// decodeText makes Text of Data where a charset says it is not UTF-8.
func (c *Content) decodeText() {
	enc, name := c.charset()
	if enc == nil || name == "windows-1252" && isASCII(c.Data) {
		return
	}
	text, err := enc.NewDecoder().Bytes(c.Data)
	if err != nil {
		c.note("charset %s: %v: shown as it came", name, err)
		return
	}
	c.Text = text
	c.note("charset %s", name)
}

// charset returns the encoding of the text and its name; nil for UTF-8 and for
// what is not known.
func (c *Content) charset() (encoding.Encoding, string) {
	switch {
	case bytes.HasPrefix(c.Data, []byte{0xff, 0xfe}):
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "UTF-16LE"
	case bytes.HasPrefix(c.Data, []byte{0xfe, 0xff}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM), "UTF-16BE"
	}
	name := c.Params["charset"]
	if name == "" {
		name = declaredCharset(c.Data[:min(len(c.Data), 1024)])
	}
	if name == "" {
		return nil, ""
	}
	// The labels of the WHATWG Encoding Standard; by it ISO-8859-1 and ASCII are
	// windows-1252, which differs in the controls only.
	enc, err := htmlindex.Get(name)
	if err != nil {
		c.note("charset %s is not known: shown as it came", name)
		return nil, ""
	}
	canonical, err := htmlindex.Name(enc)
	if err != nil || canonical == "utf-8" || enc == encoding.Replacement {
		return nil, ""
	}
	if strings.HasPrefix(canonical, "utf-16") && utf8.Valid(c.Data) && bytes.IndexByte(c.Data, 0) < 0 {
		return nil, "" // no text of that is so
	}
	return enc, canonical
}

// Charset returns the encoding that decompressed data declares, in fields or in itself,
// and its name; nil for UTF-8 and for a charset that is not known.
func Charset(data []byte, fields []capture.Field) (encoding.Encoding, string) {
	c := &Content{Data: data}
	c.Media, c.Params = MediaType(fields)
	return c.charset()
}

// mayBeOtherThanUTF8 spares the many bodies in UTF-8 the reading of their charset.
func mayBeOtherThanUTF8(data []byte, fields []capture.Field) bool {
	media, _ := capture.FieldValue(fields, "Content-Type")
	_, name, declared := strings.Cut(strings.ToLower(media), "charset=")
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return true
	case declared:
		return !strings.HasPrefix(strings.TrimLeft(name, `"`), "utf-8")
	}
	return bytes.HasPrefix(bytes.TrimLeft(data, " \t\r\n"), []byte("<")) && !utf8.Valid(data) // XML and HTML may say it
}

func isASCII(b []byte) bool {
	return !slices.ContainsFunc(b, func(c byte) bool { return c >= utf8.RuneSelf })
}

// declaredCharset finds the charset that an XML declaration or an HTML meta
// element names.
func declaredCharset(head []byte) string {
	low := strings.ToLower(string(head))
	key := "charset="
	if strings.HasPrefix(low, "<?xml") {
		low, _, _ = strings.Cut(low, "?>")
		key = "encoding="
	} else if !strings.Contains(low, "<meta") {
		return ""
	}
	_, value, ok := strings.Cut(low, key)
	if !ok {
		return ""
	}
	value = strings.TrimLeft(value, `"'`)
	end := strings.IndexAny(value, "\"'/> ;")
	if end < 0 {
		return ""
	}
	return value[:end]
}
