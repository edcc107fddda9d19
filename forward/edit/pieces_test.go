package edit

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture/body"
)

// The pieces of a line are the line, each with its kind.
func TestJSONPieces(t *testing.T) {
	kinds := map[body.Kind]string{
		body.Text: "text", body.Key: "key", body.String: "string", body.Number: "number", body.Constant: "constant", body.Punct: "punct", body.Error: "bad",
	}
	for line, want := range map[string]string{
		"":                       "",
		"  ":                     "text   ",
		`  "a": "b",`:            `text   |key "a"|punct :|text  |string "b"|punct ,`,
		`"a" : 1 `:               `key "a"|text  |punct :|text  |number 1|text  `,
		`[true,false,null,-1e2]`: `punct [|constant true|punct ,|constant false|punct ,|constant null|punct ,|number -1e2|punct ]`,
		`"a`:                     `bad "a`,
		`{ # }`:                  `punct {|text  |bad #|text  |punct }`,
	} {
		var got []string
		var all bytes.Buffer
		for _, p := range JSONPieces([]byte(line)) {
			got = append(got, kinds[p.Kind]+" "+line[p.Off:p.End])
			all.WriteString(line[p.Off:p.End])
		}
		if d := cmp.Diff(want, strings.Join(got, "|")); d != "" || all.String() != line {
			t.Errorf("%q: %s", line, d)
		}
	}
}

// What a changed line replaced is from the first token that is gone to the last one.
func TestReplaced(t *testing.T) {
	for _, tt := range []struct{ was, is, want string }{
		{`"amount": 1900,`, `"amount": 2000,`, "1900"},
		{`"amount": 1900,`, `"amount": 1900,`, ""},
		{`"a": 1`, `"a": 1, "b": 2`, ""},
		{`"a": 1, "b":  2`, `"a": 1`, `, "b":  2`},
		{`[1, 2, 3, 4]`, `[1, 4]`, `2, 3,`},
		{`[1, 2, 3, 4]`, `[9, 2, 3, 8]`, `1, 2, 3, 4`},
		{`"a": 1`, ``, `"a": 1`},
		{``, `"a": 1`, ``},
	} {
		if got := string(Replaced([]byte(tt.was), []byte(tt.is))); got != tt.want {
			t.Errorf("%s to %s: %q, want %q", tt.was, tt.is, got, tt.want)
		}
	}
}

// A text is for an editor from a size and a number of lines on.
func TestTooLarge(t *testing.T) {
	for body, want := range map[string]bool{
		"x":                                      false,
		strings.Repeat("x", MaxBytes-100):        false,
		strings.Repeat("x", MaxBytes+1):          true,
		strings.Repeat("x\n", MaxLines-10):       false,
		strings.Repeat("x\n", MaxLines):          true,
		strings.Repeat("\x00\x01", MaxBytes/2+1): false, // a line stands for it
	} {
		d := New(request(body), []byte(body))
		if got := d.TooLarge(); got != want {
			t.Errorf("%d bytes, %d lines: %v", len(d.Text()), bytes.Count(d.Text(), []byte("\n")), got)
		}
	}
	for text, want := range map[string]bool{
		"\x00\x01\x02\x03": false, "\x00\x01\x02\x03\x04": true, "\x7f\x7f\x7f\x7f\x7f": true, "\t\n\r\t\n\r": false,
		"\x01\xfe\xfd\xfc\xfb" + strings.Repeat("x", 44): true, "\x01\xfe\xfd\xfc\xfb" + strings.Repeat("x", 45): false,
		"\xff\xfe\xfd\xfc\xfb" + strings.Repeat("x", 5): true, "\xff\xfe\xfd\xfc\xfb" + strings.Repeat("x", 6): false,
		strings.Repeat("x", 8<<10) + strings.Repeat("\x00", 9<<10): false, "\ufffd\ufffd\ufffd\ufffd\ufffd": false,
	} {
		if got := Binary([]byte(text), nil); got != want {
			t.Errorf("%.20q, %d bytes: binary %v", text, len(text), got)
		}
	}
}

// A body is meant to be JSON when it says so, or is.
func TestSpeaksJSON(t *testing.T) {
	for _, tt := range []struct {
		media, body string
		want        bool
	}{
		{"application/json", `x`, true},
		{"Application/JSON ; charset=utf-8", `x`, true},
		{"application/problem+json", `x`, true},
		{"application/json", ``, false},
		{"text/plain", ` {"a":1}`, true},
		{"", `[1]`, true},
		{"", `[1`, false},
		{"", `1`, false},
		{"", ``, false},
	} {
		if got := New(request(tt.body, "Content-Type", tt.media), []byte(tt.body)).SpeaksJSON(); got != tt.want {
			t.Errorf("%q %q: %v", tt.media, tt.body, got)
		}
	}
}

// What is wrong with the head is said before what is wrong with the body.
func TestCheckSaysWhatIsWrongWithTheHead(t *testing.T) {
	d := New(request(`{"a":1}`), []byte(`{"a":1}`))
	if p := d.Check([]byte("POST /a b HTTP/1.1\n\n{")); p == nil || p.Line != 1 || p.Col != 6 {
		t.Errorf("%+v", p)
	}
	if p := d.Check([]byte("POST /a HTTP/1.1\n\n{")); p == nil || p.Line != 3 {
		t.Errorf("%+v", p)
	}
}
