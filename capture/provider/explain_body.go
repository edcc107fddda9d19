package provider

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"creel/capture"
)

// Decoder undoes the Content-Encoding that the fields name. It returns the body
// and the encodings that were undone; none when the body is not encoded.
type Decoder func(body []byte, fields []capture.Field) (decoded []byte, encodings []string)

// changedBody tries the body as it was before the usual changes on the way.
func changedBody(t *mismatch) string {
	if t.s.alg() == algToken {
		return ""
	}
	for _, c := range t.carriers() {
		if c.how != "" && t.any(t.s, t.m.withBody(c.body)) {
			return changed + c.how
		}
		if why := t.rewritten(c); why != "" {
			return why
		}
		if why := t.reserialized(c); why != "" {
			return why
		}
	}
	for _, c := range t.charsets() {
		if t.any(t.s, t.m.withBody(c.body)) {
			return changed + c.how
		}
	}
	if len(t.m.body) > 0 && t.any(t.s, t.m.withBody(nil)) {
		return "the signature is that of an empty body: the sender signs something else than it sends"
	}
	return ""
}

const changed = "the body was changed on the way: the signature matches it "

// rewritten tries the body with the changes to a text as a whole.
func (t *mismatch) rewritten(c rewrite) string {
	found := ""
	textRewrites(string(c.body), func(text, how string) bool {
		if text != string(c.body) && t.any(t.s, t.m.withBody([]byte(text))) {
			found = changed + join(c.how, how)
		}
		return found == "" && t.budget > 0
	})
	return found
}

// reserialized tries the JSON of the body in other spellings, and the JSON that
// a form carries.
func (t *mismatch) reserialized(c rewrite) string {
	found := ""
	jsonStyles(c.body, func(body []byte, how string) bool {
		t.budget -= len(body)
		if !bytes.Equal(body, c.body) && t.any(t.s, t.m.withBody(body)) {
			found = "the body was re-serialized on the way (by a relay such as smee.io, a proxy or a framework): the signature matches the same JSON " + join(c.how, how)
		}
		return found == "" && t.budget > 0
	})
	return found
}

func join(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + ", " + b
}

// wrapped undoes what gateways and queues do to a whole body: base64, or a string of
// JSON.
func wrapped(body []byte) (inner []byte, how string) {
	text := strings.TrimSpace(string(body))
	if strings.HasPrefix(text, `"`) {
		var s string
		if json.Unmarshal([]byte(text), &s) == nil && s != "" {
			return []byte(s), "taken out of a string of JSON"
		}
		return nil, ""
	}
	if plain, err := base64.StdEncoding.DecodeString(text); err == nil && len(plain) > 0 {
		return plain, "decoded from base64, as a gateway or a function hands it on"
	}
	return nil, ""
}

// rewrite is a body as it may have been signed, and how that is written after "the
// signature matches it".
type rewrite struct {
	body []byte
	how  string
}

// carriers are the body as it came, decoded when it is encoded, and encoded
// when something on the way may have decoded it.
func (t *mismatch) carriers() []rewrite {
	all := []rewrite{{t.m.body, ""}}
	if t.decode != nil {
		if dec, encodings := t.decode(t.m.body, t.m.req.Fields); len(encodings) > 0 {
			t.budget -= len(dec)
			return append(all, rewrite{dec, "before its compression (" + strings.Join(encodings, ", ") + ")"})
		}
	}
	levels := []int{gzip.DefaultCompression}
	if t.budget > arrivalBudget {
		levels = []int{gzip.DefaultCompression, gzip.BestCompression, gzip.BestSpeed}
	}
	for _, level := range levels {
		if t.budget -= 4 * len(t.m.body); t.budget > 0 {
			all = append(all, compressed(t.m.body, level)...)
		}
	}
	if inner, how := wrapped(t.m.body); inner != nil {
		all = append(all, rewrite{inner, how})
	}
	if form, ok := jsonAsForm(t.m.body); ok {
		all = append(all, rewrite{form, "as a form"})
	}
	for _, object := range formAsJSON(t.m.body) {
		all = append(all, rewrite{object, "as JSON: something made a form of it"})
	}
	if doc := t.m.json(); len(doc) > 0 && !bytes.Equal(doc, t.m.body) {
		all = append(all, rewrite{doc, "as the JSON in its field payload"})
	}
	return all
}

// compressed is the body in gzip, with the two headers that libraries write.
func compressed(body []byte, level int) []rewrite {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, level)
	if err != nil {
		return nil
	}
	_, _ = z.Write(body) // a buffer takes all
	_ = z.Close()
	const how = "compressed (gzip): something decompressed it"
	unix := bytes.Clone(b.Bytes())
	unix[9] = 3 // the operating system: Unix
	return []rewrite{{b.Bytes(), how}, {unix, how}}
}

const bom = "\ufeff"

// textRewrites gives yield the changes to a text as a whole, until it is false.
func textRewrites(b string, yield func(text, how string) bool) {
	lf := strings.ReplaceAll(b, "\r\n", "\n")
	for _, v := range []struct{ text, how string }{
		{b, ""},
		{strings.TrimPrefix(b, bom), "without the byte order mark"},
		{bom + strings.TrimPrefix(b, bom), "with a byte order mark"},
		{lf, "with line ends LF, not CR LF"},
		{strings.ReplaceAll(lf, "\n", "\r\n"), "with line ends CR LF, not LF"},
		{strings.ReplaceAll(lf, "\n", "\r"), "with line ends CR, not LF"},
		{strings.ReplaceAll(lf, "\r", "\n"), "with line ends LF, not CR"},
		{strings.ReplaceAll(lf, "\n", ""), "without its line ends"},
		{strings.ReplaceAll(b, "%20", "+"), "with + for a blank, not %20"},
		{strings.ReplaceAll(b, "+", "%20"), "with %20 for a blank, not +"},
		{latin1(b), "in another character set (Latin-1 for UTF-8 or the reverse)"},
	} {
		if v.how != "" && v.text == b {
			continue
		}
		tail := strings.TrimRight(v.text, "\r\n")
		for _, w := range []struct{ text, how string }{
			{v.text, ""},
			{tail, "without the newline at its end that was not signed"},
			{tail + "\n", "with a newline at its end that is missing"},
			{tail + "\r\n", "with CR LF at its end that is missing"},
			{strings.TrimSpace(v.text), "without the white space around it"},
		} {
			if !yield(w.text, join(v.how, w.how)) {
				return
			}
		}
	}
}

// latin1 is what a Latin-1 body is in UTF-8, or the reverse; b itself when it is
// neither.
func latin1(b string) string {
	convert := charmap.ISO8859_1.NewEncoder().String
	if !utf8.ValidString(b) {
		convert = charmap.ISO8859_1.NewDecoder().String
	}
	if out, err := convert(b); err == nil {
		return out
	}
	return b
}
