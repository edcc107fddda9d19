package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture/reply"
)

func TestMistakesStandAboveTheRule(t *testing.T) {
	rules := reply.NewRules(reply.Source{File: filepath.Join(t.TempDir(), "r.toml")}, nil)
	const text = "# mine\n[[rule]]\nnome = 'x'\nfault = 'explode'\n"
	shown := mistakes(rules.Check(text)) + text
	lines := strings.Split(shown, "\n")
	for _, line := range lines[:2] {
		var n int
		rest, _ := strings.CutPrefix(line, "#! line ")
		for _, c := range rest {
			if c < '0' || c > '9' {
				break
			}
			n = n*10 + int(c-'0')
		}
		key := "nome"
		if strings.Contains(line, "explode") {
			key = "fault"
		}
		if n < 1 || n > len(lines) || !strings.HasPrefix(lines[n-1], key) {
			t.Errorf("%q points at line %d of\n%s", line, n, shown)
		}
	}
	if got := withoutRemarks(shown); got != text {
		t.Errorf("%q", got)
	}
	const without = "#! line 3: file does not exist\n#! fix it, or leave without saving: the rule then stays as it was\n"
	if got := mistakes(os.ErrNotExist); got != without {
		t.Errorf("of an error without a place %q, want %q", got, without)
	}
}
