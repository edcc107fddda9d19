package edit

import (
	"context"
	"errors"
	"strings"
	"testing"

	"golang.org/x/text/encoding/htmlindex"

	"creel/capture"
)

// A body in another charset is edited as text, in UTF-8, and sent in its charset: bytes
// that were not changed stay.
func TestCharsets(t *testing.T) {
	for _, tt := range []struct{ name, media, body, shown, old, new, want string }{
		{"Latin-1", "text/plain; charset=ISO-8859-1", "\xe9\xe8\xe0\xfc\xf6\xe4", "éèàüöä", "à", "ß", "\xe9\xe8\xdf\xfc\xf6\xe4"},
		{"Shift_JIS", "text/plain; charset=Shift_JIS", "\x90\xa2\x8a\x45\x90\xa2\x8a\x45", "世界世界", "世界世", "界!", "\x8a\x45!\x8a\x45"},
		{"a character that UTF-8 has otherwise", "text/plain; charset=latin1", "cafe", "cafe", "e", "é", "caf\xe9"},
		{"JSON", "application/json; charset=latin1", "{\"a\":\"\xe9\xe9\xe9\", \"b\":\"\xe8\xe8\xe8\"}", "{\n  \"a\": \"ééé\",\n  \"b\": \"èèè\"\n}", "èèè", "ü", "{\"a\":\"\xe9\xe9\xe9\", \"b\":\"\xfc\"}"},
		{"UTF-16 with its mark", "text/plain", "\xff\xfea\x00\xe9\x00", "aé", "a", "b", "\xff\xfeb\x00\xe9\x00"},
		{"XML says it", "text/xml", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9\xe8\xe0\xfc\xf6</a>", "<?xml version='1.0' encoding='ISO-8859-1'?><a>éèàüö</a>", "éè", "ß", "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xdf\xe0\xfc\xf6</a>"},
		{"UTF-8 that says Latin-1", "text/plain; charset=latin1", "é", "é", "é", "è", "è"},
		{"ASCII that says UTF-16", "text/plain; charset=utf-16", "ab", "ab", "a", "é", "éb"},
		{"what does not go back", "text/plain; charset=shift_jis", "\x81\xca\xfa\x54 a", "\x81\xca\xfa\x54 a", "a", "b", "\x81\xca\xfa\x54 b"},
		{"no charset, but text", "text/plain", "\xe9\xe8\xe0\xfc\xf6\xe4a", "\xe9\xe8\xe0\xfc\xf6\xe4a", "a", "b", "\xe9\xe8\xe0\xfc\xf6\xe4b"},
		{"not known", "text/plain; charset=x", "\xe9\xe8\xe0\xfc\xf6\xe4a", "\xe9\xe8\xe0\xfc\xf6\xe4a", "a", "b", "\xe9\xe8\xe0\xfc\xf6\xe4b"},
	} {
		req := request(tt.body, "Content-Type", tt.media)
		d := New(req, []byte(tt.body))
		if got := string(d.Text()[d.BodyAt():]); got != tt.shown {
			t.Errorf("%s: it is shown as %q, want %q", tt.name, got, tt.shown)
		}
		if got, r := edited(t, req, Options{}); got != tt.body || r.Edited {
			t.Errorf("%s: untouched it becomes %q", tt.name, got)
		}
		if got, _ := edited(t, req, Options{}, "h\n", "h2\n"); got != tt.body {
			t.Errorf("%s: with another head it becomes %q", tt.name, got)
		}
		if got, r := edited(t, req, Options{}, tt.old, tt.new); got != tt.want || r.Request.Size != int64(len(tt.want)) {
			t.Errorf("%s: %q of %d bytes, want %q", tt.name, got, r.Request.Size, tt.want)
		}
	}
}

// Compressed data is no text, whatever charset is said.
func TestCompressedIsBinary(t *testing.T) {
	body := "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff\x01\x02\x03"
	if d := New(request(body, "Content-Type", "text/plain; charset=latin1", "Content-Encoding", "gzip"), []byte(body)); !d.IsBinary() || d.Charset() != "" {
		t.Errorf("%q", d.Text())
	}
}

// What the charset lacks is named with its place, while one writes and when it is sent.
func TestNotInTheCharset(t *testing.T) {
	body := "{\"a\":\"\xe9\",\"b\":1}"
	d := New(request(body, "Content-Type", "application/json; charset=latin1"), []byte(body))
	text := []byte(strings.Replace(string(d.Text()), ": 1\n", ": \"世\"\n", 1))
	_, err := d.Build(text, Options{})
	var p *Problem
	if !errors.As(err, &p) || p.Line != 8 || p.Col != 9 || p.Msg != "'世' is not in windows-1252, the charset of the body" {
		t.Errorf("sent: %+v", err)
	}
	if p = d.Check(text); p == nil || p.Line != 8 || p.Col != 9 {
		t.Errorf("while one writes: %+v", p)
	}
	if _, err := d.Build(text, Options{Body: []byte("世")}); err != nil {
		t.Errorf("a file in its place: %v", err)
	}
}

// Whatever bytes come in whatever charset: what is not changed goes back as it was.
func FuzzCharset(f *testing.F) {
	for _, name := range []string{"latin1", "shift_jis", "euc-jp", "iso-2022-jp", "gb18030", "big5", "euc-kr", "utf-16", "utf-16be", "koi8-r", "macintosh"} {
		enc, _ := htmlindex.Get(name)
		text, _ := enc.NewEncoder().String("a {\"b\":1}\n")
		f.Add(name, text, "世é")
	}
	f.Fuzz(func(t *testing.T, name, body, more string) {
		req := request(body, "Content-Type", "text/plain; charset="+name)
		d := New(req, []byte(body))
		if d.IsBinary() || strings.ContainsAny(name, "\r\n") {
			return
		}
		for _, text := range []string{string(d.Text()), strings.Replace(string(d.Text()), "h\n", "h2\n", 1)} {
			r, err := d.Build([]byte(text), Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got, _ := r.Request.Body.Bytes(context.Background()); string(got) != body {
				t.Errorf("%q in %s becomes %q", body, name, got)
			}
		}
		if r, err := d.Build([]byte(string(d.Text())+more), Options{}); err == nil && !d.LaidOut() && !strings.HasPrefix(name, "iso-2022") {
			if got, _ := r.Request.Body.Bytes(context.Background()); !strings.HasPrefix(string(got), body) {
				t.Errorf("%q in %s and %q becomes %q", body, name, more, got)
			}
		}
	})
}

// What is no text that one could edit: one byte in ten, and more than four, of its beginning.
func TestBinary(t *testing.T) {
	rep := strings.Repeat
	for _, tt := range []struct {
		data, media string
		want        bool
	}{
		{"", "", false},
		{rep("\x00", 4), "", false},
		{rep("\x00", 5), "", true},
		{rep("\x00", 5) + rep("a", 44), "", true},
		{rep("\x00", 5) + rep("a", 45), "", false},
		{rep("\x7f", 5), "", true},
		{rep("\x1f", 5), "", true},
		{rep(" \t\r\n", 9), "", false},
		{rep("\xff", 5) + rep("a", 5), "", true},
		{rep("\xff", 5) + rep("a", 6), "", false},
		{rep("\xff", 5) + rep("a", 5), "Text/Plain", false},
		{rep("\xff", 5) + rep("a", 5), "application/x+json; charset=x", false},
		{rep("\xff", 5) + rep("a", 5), "image/png; name=text/json", true},
		{rep("\xff", 5) + rep("a", 5) + "\x00", "text/plain", true},
		{rep("\ufffd", 9), "", false},
		{rep("a", 8<<10) + rep("\x00", 9000), "", false},
		{rep("\x00", 9000), "text/plain", true},
	} {
		if got := Binary([]byte(tt.data), []capture.Field{{Name: "Content-Type", Value: tt.media}}); got != tt.want {
			t.Errorf("%.20q of %d bytes, %q: %v", tt.data, len(tt.data), tt.media, got)
		}
	}
	body := rep("\x00", 99)
	if d := New(request(body, "Content-Type", "application/json"), []byte(body)); d.Check(d.Text()) != nil {
		t.Error("a binary body is checked as JSON")
	}
}
