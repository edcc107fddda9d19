package export

import (
	"fmt"
	"strings"
	"testing"
)

// Each shell takes a line apart in its own way. An error is given by a part of it.
func TestWordsOfEachShell(t *testing.T) {
	for _, tt := range []struct{ shell, in, want string }{
		// cmd.exe, and then the C library of Windows
		{"cmd", `a "b c" d`, `["a" "b c" "d"]`},
		{"cmd", `a\b a\\b "a\\" b`, `["a\\b" "a\\\\b" "a\\" "b"]`},
		{"cmd", `a\"b "a\\\"b" c`, `["a\"b" "a\\\"b" "c"]`},
		{"cmd", `"a""b" c`, `["a\"b" "c"]`},
		{"cmd", `""`, `[""]`},
		{"cmd", `\ b`, `["\\" "b"]`},
		{"cmd", "a\tb", `["a" "b"]`},
		{"cmd", "\"a\tb\"", `["a\tb"]`},
		{"cmd", `a^&b "a^&b" ^^`, `["a&b" "a^&b" "^"]`},
		{"cmd", `'a "b' c`, `["a \"b" "c"]`},
		{"cmd", `'a\'\' c`, `["a\\\\'" "c"]`},
		{"cmd", `it's`, `["it's"]`},
		{"cmd", `"it's" 'b c'`, `["it's" "b c"]`},
		{"cmd", "a ^\n b", `["a" "b"]`},
		{"cmd", "a^\n\nb c", `["a\nb" "c"]`},
		{"cmd", "a\nb", `["a"] ["b"]`},
		{"cmd", "a & b", `["a"] ["b"]`},
		{"cmd", "a | b", `["a"] |["b"]`},
		{"cmd", "a >out b 2>&1 c", `["a" "b" "c"]`},
		{"cmd", `a "x&y|z>w"`, `["a" "x&y|z>w"]`},
		{"cmd", "a\n 'b", `line 3: a quote is not closed`},
		{"cmd", "a\n\"b\nc\"", `line 3: a quote is not closed`},
		{"cmd", "\"a", `line 2: a quote is not closed`},
		// PowerShell
		{"PowerShell", `a 'b c' "d e"`, `["a" "b c" "d e"]`},
		{"PowerShell", `'it''s' "a""b" 'a""b'`, `["it's" "a\"b" "a\"\"b"]`},
		{"PowerShell", "\"a`nb`tcd`e``\" `a`\"", `["a\nb\tcd\x1b` + "`" + `" "\a\""]`},
		{"PowerShell", "a\n\"b`0\"", `line 3: no argument of a command can have a NUL`},
		{"PowerShell", `'a\"b' 'a\b' "a\b"`, `["a\"b" "a\\b" "a\\b"]`},
		{"PowerShell", "\"a\\`\"b\"", `["a\"b"]`},
		{"PowerShell", `"a\"b"`, `in PowerShell a quote inside quotes is written`},
		{"PowerShell", `'a$b' "5$"`, `["a$b" "5$"]`},
		{"PowerShell", `"a$b"`, `"$b": a shell would put something else there`},
		{"PowerShell", `a$b`, `"$b": a shell would put something else there`},
		{"PowerShell", "a #c 'd\nb#c", `["a"] ["b#c"]`},
		{"PowerShell", "a; b | c", `["a"] ["b"] |["c"]`},
		{"PowerShell", "a > out b", `["a" "b"]`},
		{"PowerShell", "a {b}", `PowerShell would make something else of it`},
		{"PowerShell", "a (b)", `PowerShell would make something else of it`},
		{"PowerShell", "a @b c@d", `PowerShell would make something else of it`},
		{"PowerShell", "a c@d", `["a" "c@d"]`},
		{"PowerShell", "a\n \"b\nc", `line 3: a quote is not closed`},
		{"PowerShell", "a 'b\nc", `line 2: a quote is not closed`},
		{"PowerShell", "@'\na\n'b\n'@ c", `["a\n'b" "c"]`},
		{"PowerShell", "@\"\n\n\"@ c", `["" "c"]`},
		{"PowerShell", "@'\na$b`\n'@", `["a$b` + "`" + `"]`},
		{"PowerShell", "@\"\na`b\n\"@", `PowerShell would put something else there`},
		{"PowerShell", "@\"\na", `line 2: a quote is not closed`},
		// POSIX
		{"sh", `a 'b c' "d e"f g\ h`, `["a" "b c" "d ef" "g h"]`},
		{"sh", `"a\"b\$c\\d\e" '\'`, `["a\"b$c\\d\\e" "\\"]`},
		{"sh", "\"a\\\nb\" a\\\nb", `["ab" "ab"]`},
		{"sh", `$"a" $'b\'c\x41\101\u00e9\U0001f600\q\e\?'`, `["a" "b'cAAé😀\\q\x1b?"]`},
		{"sh", `$'\018\778\x4g\u4'`, `["\x018?8\x04g\x04"]`},
		{"sh", "a\nb $'c\\0d'", `line 2: no argument of a command can have a NUL`},
		{"sh", `a "$(printf 'b\0')"`, `no argument of a command can have a NUL`},
		{"sh", `a <<<$'b\u0000'`, `no argument of a command can have a NUL`},
		{"sh", `printf 'b\0' | a`, `["printf" "b\\0"] |["a"]`},
		{"sh", `$'\xg'`, `escape \x has no digits`},
		{"sh", `$'\`, `a quote is not closed`},
		{"sh", `"$(printf 'a%%b\n\n')" c`, `["a%b" "c"]`},
		{"sh", `"$(printf 'a%sb')"`, `a shell would put something else there`},
		{"sh", `"$(printf '\x')"`, `a shell would put something else there`},
		{"sh", "a # b 'c\nd#e", `["a"] ["d#e"]`},
		{"sh", "a;b && c || d & e", `["a"] ["b"] ["c"] ["d"] ["e"]`},
		{"sh", "a | b; c", `["a"] |["b"] ["c"]`},
		{"sh", "a &>out b >&2 c 2>>log d >|x e <in f", `["a" "b" "c" "d" "e" "f"]`},
		{"sh", "a 12>out b1>out c '1'>out", `["a" "b1" "c" "1"]`},
		{"sh", "a b&c", `quote the URL`},
		{"sh", "a b&\nc", `["a" "b"] ["c"]`},
		{"sh", "(a)", `only plain curl commands are read`},
		{"sh", "a {b,c}", `makes several words of braces`},
		{"sh", "a {b..c}", `makes several words of braces`},
		{"sh", "a {b} {} '{b,c}' {b'c,'}", `["a" "{b}" "{}" "{b,c}" "{bc,}"]`},
		{"sh", "a <<<b\nc <<'E' d\n$e\nE\nf", `["a"]<"b\n" ["c" "d"]<"$e\n" ["f"]`},
		{"sh", "a <<-E\n\tb\n\t\tc\n\tE\n", `["a"]<"b\nc\n"`},
		{"sh", "a <<E\n\tb\nE", `["a"]<"\tb\n"`},
		{"sh", "a <<E | b\nc\nE", `["a"]<"c\n" |["b"]`},
		{"sh", "a <<E\n$b\nE", `line 2: "$b": a shell would put something else there: quote the word after <<, as in <<'E'`},
		{"sh", "a <<E\nb", `line 1: "E": the here-document has no end`},
		{"sh", "a <<E", `line 1: "E": the here-document has no end`},
		{"sh", "a\n'b", `line 2: a quote is not closed`},
		{"sh", "a\n\"b\nc", `line 2: a quote is not closed`},
	} {
		script := tt.in
		switch tt.shell {
		case "cmd":
			script = "curl ^\n" + script
		case "PowerShell":
			script = "curl `\n" + script
		}
		list, err := splitCommands(script)
		if err != nil {
			if tt.want[0] == '[' || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %q: %v", tt.shell, tt.in, err)
			}
			continue
		}
		var all []string
		for i, c := range list {
			var words []string
			for _, w := range c.words {
				words = append(words, w.text)
			}
			if i == 0 && tt.shell != "sh" {
				words = words[1:]
			}
			text := fmt.Sprintf("%q", words)
			if c.piped {
				text = "|" + text
			}
			if c.stdin != nil {
				text += fmt.Sprintf("<%q", *c.stdin)
			}
			all = append(all, text)
		}
		if got := strings.Join(all, " "); got != tt.want {
			t.Errorf("%s: %q:\n got %s\nwant %s", tt.shell, tt.in, got, tt.want)
		}
	}
}

// Each word knows the line on which it begins.
func TestLinesOfWords(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{"a \\\n b 'c\nd' e\n\nf", "a1 b2 c\nd2 e3 f5"},
		{"a ^\n \\b ^\n \"c\" ^\n d\n e", "a1 \\b2 c3 d4 e5"},
		{"a `\n b `\n 'c\nd' e\n@'\nf\n'@\ng", "a1 b2 c\nd3 e4 f5 g8"},
	} {
		list, err := splitCommands(tt.in)
		if err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		var got []string
		for _, c := range list {
			for _, w := range c.words {
				got = append(got, fmt.Sprint(w.text, w.line))
			}
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%q: got %q, want %q", tt.in, s, tt.want)
		}
	}
}
