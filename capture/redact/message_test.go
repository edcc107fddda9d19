package redact

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/body"
)

// TestFormatsStayRight: a body that is of a format still is when its secrets are
// hidden.
func TestFormatsStayRight(t *testing.T) {
	r, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	checks := map[string]func(string) error{
		"json": func(s string) error {
			var v any
			return json.Unmarshal([]byte(strings.TrimPrefix(s, "\ufeff")), &v)
		},
		"xml": func(s string) error {
			for d := xml.NewDecoder(strings.NewReader(s)); ; {
				if _, err := d.Token(); errors.Is(err, io.EOF) {
					return nil
				} else if err != nil {
					return err
				}
			}
		},
		"form-urlencoded": func(s string) error { _, err := url.ParseQuery(s); return err },
		"multipart": func(s string) error {
			_, err := multipart.NewReader(strings.NewReader(s), "bb").ReadForm(1 << 20)
			return err
		},
	}
	tried := map[string]int{}
	for _, c := range readCases(t, "testdata/planted.jsonl") {
		for kind, check := range checks {
			if c.In != "body" && c.In != "reply" || !strings.Contains(c.Type, kind) || check(c.plain()) != nil {
				continue
			}
			tried[kind]++
			if out := c.shown(t, r); check(out) != nil {
				t.Errorf("%s: %q became %q: %v", c.Type, c.plain(), out, check(out))
			}
		}
	}
	for kind := range checks {
		if tried[kind] < 5 {
			t.Errorf("only %d bodies of %s were tried", tried[kind], kind)
		}
	}
}

// TestCompressed: what is hidden in a compressed body is shown decompressed, and
// the fields say so; where nothing is hidden all bytes stay.
func TestCompressed(t *testing.T) {
	raw, err := body.Encode([]byte(`{"password":"hunter2"}`), []string{"gzip"})
	if err != nil {
		t.Fatal(err)
	}
	fields := []capture.Field{{Name: "Content-Type", Value: "application/json"}, {Name: "content-encoding", Value: "gzip"}}
	out, kept := scan(t).Body(fields, raw)
	if string(out) != `{"password":"***"}` || len(kept) != 1 || kept[0].Name != "Content-Type" {
		t.Errorf("%q %v", out, kept)
	}
	raw, _ = body.Encode([]byte(`{"a":"b"}`), []string{"gzip"})
	out, kept = scan(t).Body(fields, raw)
	if !bytes.Equal(out, raw) || len(kept) != 2 {
		t.Errorf("%q %v", out, kept)
	}
	out, kept = scan(t).Body([]capture.Field{{Name: "Content-Type", Value: "text/plain; charset=utf-16"}}, []byte("\xff\xfep\x00w\x00d\x00=\x00a\x001\x00"))
	if strings.Contains(string(out), "a1") || strings.Contains(string(out), "a\x001") || !strings.HasSuffix(kept[0].Value, "charset=utf-8") {
		t.Errorf("%q %v", out, kept)
	}
}

// What is neither text nor says that it is MessagePack or CBOR has no names by chance.
func TestBytesByChance(t *testing.T) {
	random := make([]byte, 1<<16)
	rand.NewChaCha8([32]byte{1}).Read(random)
	copy(random[1000:], "\xa8password\xa7hunter2")
	for media, same := range map[string]bool{"": true, "application/octet-stream": true, "image/png": true, "application/vnd.msgpack": false, "application/cbor": false} {
		out, _ := scan(t).Body([]capture.Field{{Name: "Content-Type", Value: media}}, random)
		if bytes.Equal(out, random) != same {
			t.Errorf("%q: the same %v, want %v", media, !same, same)
		}
	}
}

// TestBinary: in binary bodies as many bytes are hidden, and all others stay.
func TestBinary(t *testing.T) {
	token := "ghp_" + "aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1cD3eF5"
	for in, want := range map[string]string{
		"\x00\x01" + token + "\x00\xff":           "\x00\x01" + strings.Repeat("*", len(token)) + "\x00\xff",
		"\x82\xa8password\xa7hunter2\xa1a\x00":    "\x82\xa8password\xa7*******\xa1a\x00",
		"\xa2\x68password\x67hunter2\x61a\x00":    "\xa2\x68password\x67*******\x61a\x00",
		"\x81\xa8password\xd9\x07hunter2\xc0\x00": "\x81\xa8password\xd9\x07*******\xc0\x00",
		"\x81\xa8passport\xa7hunter2\x00":         "\x81\xa8passport\xa7hunter2\x00",
		"\x81\xa8password\xa9hunter2\x00":         "\x81\xa8password\xa9hunter2\x00",
	} {
		if out, _ := scan(t).Body(nil, []byte(in)); string(out) != want {
			t.Errorf("%q is shown as %q", in, out)
		}
	}
}

func TestFields(t *testing.T) {
	for in, want := range map[string]string{
		"Authorization: Bearer a.b":               "Bearer ***",
		"Authorization: a=b, c":                   "***",
		"Cookie: a=b":                             "***",
		"Location: /cb?code=x1&state=s#token=y":   "/cb?code=***&state=s#token=***",
		"Location: https://joe:pw12@h.io/a?b=c":   "https://joe:***@h.io/a?b=c",
		"Location: /cb?next=2":                    "/cb?next=2",
		"Referer: https://h.io/?api_key=x":        "https://h.io/?api_key=***",
		"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub24=": "dGhlIHNhbXBsZSBub24=",
		"Idempotency-Key: 8d9c1e8a-1111-4222-833": "8d9c1e8a-1111-4222-833",
		"X-GitHub-Delivery: 72d3162e-cc78-11e3-8": "72d3162e-cc78-11e3-8",
		"ETag: W/\"x\"":                           "W/\"x\"",
		"X-Hub-Signature-256: sha256=abc":         "***",
		"Authorization: ":                         "",
		"User-Agent: Token/1.0 password=x1y2z3a4": "Token/1.0 password=x1y2z3a4",
	} {
		name, value, _ := strings.Cut(in, ": ")
		fields := []capture.Field{{Name: name, Value: value}}
		if got := scan(t).Fields(fields)[0].Value; got != want {
			t.Errorf("%s is shown as %s", in, got)
		}
		if fields[0].Value != value {
			t.Errorf("%s was changed", in)
		}
	}
}

func TestHits(t *testing.T) {
	s := scan(t)
	s.Fields([]capture.Field{{Name: "Cookie", Value: "a"}, {Name: "Cookie", Value: "b"}, {Name: "Cookie", Value: mask}})
	s.Target("/?token=a&token=***&x=1")
	s.Body(nil, []byte(`{"password":"x","k":"ghp_aB3dE5gH7jK9mN1pQ3sT5vW7xY9zA1cD3eF5"}`))
	want := map[Hit]int{{byName, "Cookie"}: 2, {byName, "?token="}: 1, {byName, `body "password"`}: 1, {"github-pat", `body "k"`}: 1}
	if diff := cmp.Diff(want, s.Hits()); diff != "" {
		t.Error(diff)
	}
}

// TestDeep: formats within formats are looked into up to a depth, and what is
// hostile ends.
func TestDeep(t *testing.T) {
	doc := `{"password":"hunter2"}`
	for range maxNested - 2 {
		quoted, _ := json.Marshal(doc)
		doc = `{"a":` + string(quoted) + `}`
	}
	if out, _ := scan(t).Body(nil, []byte(doc)); strings.Contains(string(out), "hunter2") {
		t.Errorf("%s", out)
	}
	for _, hostile := range []string{strings.Repeat(`{"a":`, 2000), strings.Repeat("<a ", 20000), strings.Repeat("a=", 20000), strings.Repeat("password: ", 5000), strings.Repeat("%25", 9000) + "=1"} {
		scan(t).Body(nil, []byte(hostile))
	}
}

func FuzzBody(f *testing.F) {
	for _, s := range []string{`{"a":"b=c&password=d"}`, "<a b='c'>d</a>", "a: |\n  b\n", "--bb\r\nContent-Disposition: form-data; name=a\r\n\r\nb\r\n--bb--"} {
		f.Add(s, "multipart/form-data; boundary=bb")
	}
	r, err := New(Config{Rules: []Rule{{Key: "*a*"}, {Pattern: `\d+`}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s, contentType string) {
		valid := json.Valid([]byte(s))
		out, _ := r.Scan().Body([]capture.Field{{Name: "Content-Type", Value: contentType}}, []byte(s))
		if valid && strings.TrimLeft(s, " \t\r\n") != "" && strings.ContainsAny(strings.TrimLeft(s, " \t\r\n")[:1], "{[") && contentType == "application/json" && !json.Valid(out) {
			t.Fatalf("%q became %q", s, out)
		}
		r.Scan().Target(s)
		r.Scan().Fields([]capture.Field{{Name: contentType, Value: s}})
	})
}
