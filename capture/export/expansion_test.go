package export

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/redact"
)

// A $ in a command is refused, by its name, where a shell would put something else
// there, and itself before anything else.
func TestDollar(t *testing.T) {
	const expands = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_?!@*#$-({"
	for c := byte(' '); c <= '~'; c++ {
		if strings.IndexByte("\"\\`", c) >= 0 {
			continue // a quote, and what it quotes
		}
		script := `cmd "a$` + string(c) + `"`
		words, err := testWords(script)
		if strings.IndexByte(expands, c) < 0 {
			if err != nil || len(words) != 1 || !slices.Equal(words[0], []string{"cmd", "a$" + string(c)}) {
				t.Errorf("%s: got %q, %v", script, words, err)
			}
		} else if err == nil || !strings.Contains(err.Error(), `"$`) {
			t.Errorf("%s: got %q, %v", script, words, err)
		}
	}
	for _, c := range [][2]string{
		{"$a0z9AZ_/x", "$a0z9AZ_"},
		{"${a}b", "${a}"},
		{"$(a b) c", "$(a b)"},
		{"`a` b", "`a`"},
		{"$?x", "$?"},
		{"${a", "$"},
		{"$(a", "$"},
		{"`a", "`"},
	} {
		if got := expanded(c[0]); got != c[1] {
			t.Errorf("%s: named %q, want %q", c[0], got, c[1])
		}
	}
}

// In PowerShell brackets are part of a word that has begun, and what follows them is
// read as elsewhere.
func TestBracketsInPowerShell(t *testing.T) {
	for in, want := range map[string]string{
		"a(b)": "a(b)", "a{'b c'}": "a{b c}", "a('b c')d": "a(b c)d", "a)`(b": "a)(b", "a(\"b\")": "a(b)",
	} {
		words, err := testWords("curl `\n " + in + " end")
		if err != nil || len(words) != 1 || !slices.Equal(words[0], []string{"curl", want, "end"}) {
			t.Errorf("%s: got %q, %v, want %q", in, words, err, want)
		}
	}
}

// Nothing is exported when what is to be masked is not understood.
func TestWrongMasksExportNothing(t *testing.T) {
	for _, f := range Formats() {
		var out bytes.Buffer
		res, err := f.Write(context.Background(), &out, func(yield func(*capture.Exchange, error) bool) {
			yield(sample(), nil)
		}, Options{Redact: redact.Config{Rules: []redact.Rule{{Pattern: "("}}}})
		if err == nil || out.Len() > 0 || res.Count > 0 {
			t.Errorf("%s: %d bytes, %v", f.Name, out.Len(), err)
		}
	}
}
