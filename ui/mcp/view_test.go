package mcp

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// A body is read to its end whatever the limit is: each part has one character at
// least, and none is cut.
func TestPartsOfABody(t *testing.T) {
	const body = "aä€😀b😀€äa"
	for limit := 1; limit <= len(body)+1; limit++ {
		got, calls := "", 0
		for offset := 0; calls <= len(body); calls++ {
			p := part([]byte(body), nil, offset, limit)
			if !utf8.ValidString(p.Text) || p.Encoding != "utf-8" || p.Size != len(body) || p.Offset != offset || len(p.Text) > max(limit, utf8.UTFMax) {
				t.Fatalf("limit %d: %+v", limit, p)
			}
			got += p.Text
			if p.NextOffset == len(body) {
				t.Fatalf("limit %d: nothing is at the end", limit)
			}
			if offset = p.NextOffset; offset == 0 {
				break
			}
		}
		if got != body {
			t.Errorf("limit %d: %q in %d calls", limit, got, calls)
		}
	}
	for offset := range len(body) {
		if p := part([]byte(body), nil, offset, 5); !utf8.ValidString(p.Text) || !strings.HasPrefix(body[p.Offset:], p.Text) || p.Offset > offset {
			t.Errorf("offset %d: %+v", offset, p)
		}
	}
	for _, offset := range []int{-1, len(body), len(body) + 9} {
		if p := part([]byte(body), nil, offset, 100); p.NextOffset != 0 || p.Offset != max(0, min(offset, len(body))) {
			t.Errorf("offset %d: %+v", offset, p)
		}
	}
	if p := part([]byte("\xff\x00abc"), nil, 1, 2); p.Encoding != "base64" || p.Text != "AGE=" || p.NextOffset != 3 {
		t.Errorf("binary: %+v", p)
	}
}

func TestClip(t *testing.T) {
	for _, tt := range []struct {
		in   string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"aää", 2, "a…"}, {"ä", 1, "…"}, {"a\xffb", 10, "a\ufffdb"}} {
		if got := clip(tt.in, tt.n); got != tt.want {
			t.Errorf("clip(%q, %d) = %q, want %q", tt.in, tt.n, got, tt.want)
		}
	}
}

func TestAround(t *testing.T) {
	long := strings.Repeat("x", 2*snippet)
	for _, tt := range []struct{ text, what, want string }{
		{"one two", "TWO", "one two"},
		{long + "here" + long, "here", long[:snippet] + "here" + long[:snippet]},
		{"nothing", "else", ""},
		{strings.Repeat("\u212a", 50) + "x", "x", ""}, // the Kelvin sign is shorter in lower case
	} {
		if got := around(tt.text, tt.what); !utf8.ValidString(got) || tt.want != "" && got != tt.want || tt.what == "else" && got != "" {
			t.Errorf("around(%q) = %q", tt.what, got)
		}
	}
}
