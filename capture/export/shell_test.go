package export

import (
	"slices"
	"strings"
	"testing"
)

// FuzzShell reads back, with the rules of a shell, what is quoted for one: the
// same word, and nothing in it that acts on a terminal.
func FuzzShell(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		script := "cmd " + quoteAny(strings.ReplaceAll(s, "\x00", "")) + " end\n" + printf(s) + " | cat"
		for _, r := range script {
			if acts(r) && r != '\n' {
				t.Fatalf("%q gives %U in %q", s, r, script)
			}
		}
		got, err := testWords(script)
		if err != nil || len(got) != 3 {
			t.Fatalf("%q: %q: %q, %v", s, script, got, err)
		}
		// A substitution loses final line breaks, which no header field has.
		word := strings.TrimRight(strings.ReplaceAll(s, "\x00", ""), "\n")
		if want := []string{"cmd", word, "end"}; !slices.Equal(got[0], want) {
			t.Errorf("%q: read back as %q", s, got[0])
		}
		body, err := runPrintf(got[1][1])
		if err != nil || body != s {
			t.Errorf("%q: printf gives %q, %v: %s", s, body, err, script)
		}
	})
}

// testWords are the words of a script's commands.
func testWords(script string) (out [][]string, err error) {
	commands, err := splitCommands(script)
	for _, c := range commands {
		var words []string
		for _, w := range c.words {
			words = append(words, w.text)
		}
		out = append(out, words)
	}
	return out, err
}
