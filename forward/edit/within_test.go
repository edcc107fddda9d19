package edit

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/body"
)

func fieldsOf(contentType string, codings ...string) []capture.Field {
	fields := []capture.Field{{Name: "Content-Type", Value: contentType}}
	for _, c := range codings {
		fields = append(fields, capture.Field{Name: "Content-Encoding", Value: c})
	}
	return fields
}

const form = "application/x-www-form-urlencoded"

// TestApply: one value is replaced wherever the JSON is, and all other bytes
// keep their spelling.
func TestApply(t *testing.T) {
	for _, tt := range []struct{ contentType, body, set, want string }{
		{"application/json", "\ufeff{\"a\": 1}\n", "a = 2", "\ufeff{\"a\": 2}\n"},
		{"application/json", "\ufeff {\"a\": 1}\n", ". = 2", "\ufeff 2\n"},
		{form, "token=x&payload=%7b%22a%22%3a+1%2C%22b%22:%222%22%7D&z=1", "a = 23", "token=x&payload=%7b%22a%22%3a+23%2C%22b%22:%222%22%7D&z=1"},
		{form, "payload=%7B%22a%22%3A%201%7D", `.a = "x y"`, "payload=%7B%22a%22%3A%20%22x%20y%22%7D"},
		{form, "payload=%7B%22a%22%3A+1%7D", `payload.a = "x y"`, "payload=%7B%22a%22%3A+%22x+y%22%7D"},
		{form, "payload=%7B%22a%22%3A%22%C3%A9%22%7D", `a = "è"`, "payload=%7B%22a%22%3A%22%C3%A8%22%7D"},
		{form, "a=1&name=joe&b=2", `name = "x&y"`, "a=1&name=x%26y&b=2"},
		{form, "a=1&name=joe", `name = 5`, "a=1&name=5"},
		{form, "data=%7B%22a%22%3A1%7D", "data.a = 2", "data=%7B%22a%22%3A2%7D"},
		{form + "; charset=utf-8", `{"a":1}`, "a = 2", `{"a":2}`},
		{form, `{"a":1,"u":"x&payload=%7B%22a%22%3A1%7D"}`, "a = 2", `{"a":2,"u":"x&payload=%7B%22a%22%3A1%7D"}`},
		{"application/json; charset=iso-8859-1", "{\"a\":\"\xe9\",\"b\":\"\xe8\"}", `a = "ü"`, "{\"a\":\"\xfc\",\"b\":\"\xe8\"}"},
		{"application/json; charset=shift_jis", `{"a":1}`, `a = "世"`, "{\"a\":\"\x90\xa2\"}"},
		{"application/json; charset=iso-8859-1", `{"a":1}`, `a = "世"`, "error line 1: '世' is not in windows-1252, the charset of the body"},
		{form, "a=1&b=2", "c = 1", "error set: there is no c in the body: the form has the fields a, b"},
		{form, "a&b&c&d&e&f&g=1&h+%2F&i", "z = 1", "error set: there is no z in the body: the form has the fields a, b, c, d, e, f, g, h /"},
		{form, "payload=%zz", "a = 1", `error the form is not percent-encoded right: invalid URL escape "%zz"`},
		{"application/json", "{\"a\":\"\xe9\",\"b\":1}", "b = 2", "{\"a\":\"\xe9\",\"b\":2}"},
		{"application/json", "{\"a\":\"\xe9\",\"b\":1}", `b = "ö"`, "error set: the body is not UTF-8, and does not say what charset it is in: the value has to be in ASCII"},
		{form, "payload=x", "a = 1", "error set: the body is not JSON: line 1: x is not JSON: a string needs quotes"},
	} {
		set, err := ParseSet(tt.set)
		if err != nil {
			t.Fatal(err)
		}
		got, err := apply([]byte(tt.body), fieldsOf(tt.contentType), set)
		if err != nil {
			got = []byte("error " + err.Error())
		}
		if string(got) != tt.want {
			t.Errorf("%s of %q: %q, want %q", tt.set, tt.body, got, tt.want)
		}
	}
}

// TestApplyCompressed: what is compressed stays so, in every coding and in two.
func TestApplyCompressed(t *testing.T) {
	set, err := ParseSet("a = 2")
	if err != nil {
		t.Fatal(err)
	}
	for _, codings := range [][]string{{"gzip"}, {"br"}, {"zstd"}, {"deflate"}, {"br", "gzip"}} {
		fields := fieldsOf("application/json", codings...)
		layers := codings
		if len(layers) == 2 { // the outermost first
			layers = []string{layers[1], layers[0]}
		}
		raw, err := body.Encode([]byte(`{"a":1,"b":3}`), layers)
		if err != nil {
			t.Fatal(err)
		}
		out, err := apply(raw, fields, set)
		if err != nil {
			t.Fatalf("%v: %v", codings, err)
		}
		d := body.Decode(out, fields)
		if string(d.Data) != `{"a":2,"b":3}` || d.Err != nil || len(d.Layers) != len(codings) {
			t.Errorf("%v: %q, %v", codings, d.Data, d.Err)
		}
		same, err := apply(raw, fields, Set{Path: []string{"b"}, Value: []byte("3")})
		if err != nil || !bytes.Equal(same, raw) {
			t.Errorf("%v: nothing changed, but the bytes did", codings)
		}
	}
	if _, err := apply([]byte("\x1f\x8b\x08broken"), fieldsOf("application/json", "gzip"), set); err == nil {
		t.Error("a damaged body is changed")
	}
	if _, err := apply([]byte(`{"a":1}`), fieldsOf("application/json", "x-mine"), set); err == nil {
		t.Error("a body in an unknown coding is changed")
	}
	large, err := body.Encode(append([]byte(`{"a":1}`), bytes.Repeat([]byte(" "), body.MaxDecoded)...), []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := apply(large, fieldsOf("application/json", "gzip"), set); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a body of which only the beginning was decoded is changed: %v", err)
	}
}

func TestRewrite(t *testing.T) {
	upper := func(json []byte) ([]byte, error) {
		if string(json) == `"no"` {
			return nil, errors.New("no")
		}
		return bytes.ToUpper(json), nil
	}
	for _, tt := range []struct{ contentType, body, want string }{
		{"application/json", `"a"`, `"A"`},
		{"application/json", "\ufeff\"a\"", "\ufeff\"A\""},
		{"application/json", `"no"`, "error no"},
		{form, "x=a&payload=%22a%22&y=b", "x=a&payload=%22A%22&y=b"},
		{form, `{"a":"b&payload=%22a%22"}` + "\n", `{"A":"B&PAYLOAD=%22A%22"}` + "\n"},
		{form, "\ufeff\"a\"", "\ufeff\"A\""},
		{"application/json", "\"\xe9\"", "error the body is not UTF-8, and does not say what charset it is in"},
		{form, "payload=%22%E9%22", "error the body is not UTF-8, and does not say what charset it is in"},
		{"application/json; charset=iso-8859-1", "\"a\xe9\"", "\"A\xc9\""},
		{form, "x=a", "error the form has no field payload with JSON in it"},
	} {
		got, err := Rewrite([]byte(tt.body), fieldsOf(tt.contentType), upper)
		if err != nil {
			got = []byte("error " + err.Error())
		}
		if string(got) != tt.want {
			t.Errorf("%q: %q, want %q", tt.body, got, tt.want)
		}
	}
}
