package tomlfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"pgregory.net/rapid"
)

func TestSet(t *testing.T) {
	const line = "\"stripe@/a\" = \"s\\\"1\"\n"
	for _, c := range []struct{ name, old, want string }{
		{"empty", "", "[secrets]\n" + line},
		{"no table", "keep = 5 # few", "keep = 5 # few\n\n[secrets]\n" + line},
		{"a table", "[secrets] # mine\ngithub = 'x'\n\n[[rule]]\nmatch = \"\"\n", "[secrets] # mine\n" + line + "github = 'x'\n\n[[rule]]\nmatch = \"\"\n"},
		{"replaced", "[secrets]\n# one\n'stripe@/a' = \"$1\" # note\r\ngithub = 'x'", "[secrets]\n# one\n'stripe@/a' = \"s\\\"1\" # note\r\ngithub = 'x'"},
		{"header last", "[secrets]", "[secrets]\n" + line},
		{"nothing below the header", "[secrets]\n", "[secrets]\n" + line},
		{"only a comment", "# mine", "# mine\n\n[secrets]\n" + line},
	} {
		got, err := Set([]byte(c.old), "secrets", "stripe@/a", `s"1`)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	for _, c := range []struct{ name, old, want string }{
		{"empty", "", "theme = \"nord\"\n"},
		{"above all", "# mine\n[secrets]\ntheme = 'x'\n", "theme = \"nord\"\n\n# mine\n[secrets]\ntheme = 'x'\n"},
		{"above an empty line", "\n[secrets]\n", "theme = \"nord\"\n\n[secrets]\n"},
		{"one key", "a = 1", "theme = \"nord\"\n\na = 1"},
		{"replaced", "keep = 5\n  theme='monokai'   # dark\n\n[secrets]\n", "keep = 5\n  theme=\"nord\"   # dark\n\n[secrets]\n"},
	} {
		got, err := Set([]byte(c.old), "", "theme", "nord")
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if d := cmp.Diff(c.want, string(got)); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
	// What a line more does not fit into is refused, not damaged.
	for _, old := range []string{
		"secrets = { github = 'x' }\n", "[secrets\n", "secrets.github = 'x'\n[secrets.more]\na = 1\n",
		"[[secrets]]\nstripe = 'x'\n", "[secrets]\nstripe = ['x']\n", "[secrets]\nstripe = { a = 'x' }\n",
	} {
		if text, err := Set([]byte(old), "secrets", "stripe", "s"); err == nil {
			t.Errorf("%q: taken as %q", old, text)
		}
	}
}

// TestSetWithinStrings: what only looks like a table or a key, and a value that
// takes several lines.
func TestSetWithinStrings(t *testing.T) {
	for old, want := range map[string]string{
		"note = \"\"\"\n[secrets]\nstripe = 'x'\n\"\"\"\n":  "note = \"\"\"\n[secrets]\nstripe = 'x'\n\"\"\"\n\n[secrets]\nstripe = \"s\"\n",
		"[secrets]\nstripe = \"\"\"x\ny\"\"\" # a\nb = 1\n": "[secrets]\nstripe = \"s\" # a\nb = 1\n",
		"[secrets]\nstripe = 5\n":                           "[secrets]\nstripe = \"s\"\n",
		"[other]\nstripe = 'x'\n[ secrets ]":                "[other]\nstripe = 'x'\n[ secrets ]\nstripe = \"s\"\n",
		"[secrets]\r\na = 'x'\r\n":                          "[secrets]\r\nstripe = \"s\"\na = 'x'\r\n",
	} {
		got, err := Set([]byte(old), "secrets", "stripe", "s")
		if err != nil {
			t.Errorf("%q: %v", old, err)
		}
		if d := cmp.Diff(want, string(got)); d != "" {
			t.Errorf("%q: %s", old, d)
		}
	}
}

func TestParse(t *testing.T) {
	const text = "top = 1 # x\n\n# about a\n# more\n[a.b]\nk = { in = 'v' }\nl = [1]\n# apart\n\n[[r]]\n"
	doc := Parse([]byte(text))
	type key struct{ Path, Value string }
	type table struct {
		Path  string
		Array bool
		Text  string
		Keys  []key
	}
	var got []table
	for _, x := range doc.Tables {
		y := table{strings.Join(x.Path, "."), x.Array, text[x.Start:x.End], nil}
		for _, k := range x.Keys {
			y.Keys = append(y.Keys, key{strings.Join(k.Path, "."), text[k.Value:k.End]})
		}
		got = append(got, y)
	}
	want := []table{
		{"", false, "top = 1 # x\n\n", []key{{"top", "1"}}},
		{"a.b", false, "# about a\n# more\n[a.b]\nk = { in = 'v' }\nl = [1]\n# apart\n\n", []key{{"k", ""}, {"k.in", "'v'"}, {"l", ""}}},
		{"r", true, "[[r]]\n", nil},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if line, col := doc.LineCol(doc.Find("a", "b").Find("k", "in").Value); line != 6 || col != 12 {
		t.Errorf("%d:%d", line, col)
	}
	if doc.Find("r") != nil || doc.Find("a") != nil || doc.Find() == nil {
		t.Error("found another table")
	}
}

func TestQuote(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		var got map[string]string
		if err := toml.Unmarshal([]byte(QuoteKey(s)+" = "+Quote(s)), &got); err != nil || got[s] != s {
			t.Fatalf("%q is read as %q, %v", s, got, err)
		}
	})
	for s, want := range map[string]string{"a\x7f\u202e\U000e0001": `"a\u007F\u202E\U000E0001"`, "a\xff": "\"a\ufffd\"", "a\nb\tc\\\"": `"a\nb\u0009c\\\""`} {
		if got := Quote(s); got != want {
			t.Errorf("%q is written %s", s, got)
		}
	}
}

// A name that begins with ~/ is below the home directory, when there is one.
func TestPath(t *testing.T) {
	t.Setenv("HOME", "/home/me")
	for name, want := range map[string]string{"~/a/b.toml": "/home/me/a/b.toml", "~/": "/home/me", "~": "~", "~me/a": "~me/a", "a/~/b": "a/~/b", "/a": "/a", "": ""} {
		if got := Path(name); got != want && runtime.GOOS != "windows" {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	t.Setenv("HOME", "")
	if got := Path("~/a"); got != "~/a" && runtime.GOOS != "windows" {
		t.Errorf("without a home directory: %q", got)
	}
}

// A value that cannot be decoded is an error that names the key and the types of TOML, not of Go.
func TestMessage(t *testing.T) {
	for text, want := range map[string]string{
		"[secrets]\na = 5":                       "a is a number, not a text",
		"[secrets]\nb = 'x'\na = 5":              "a is a number, not a text",
		"[secrets]\na = 5\nb = 'x'":              "a is a number, not a text",
		"[[target]]\nheaders = {b = 'x', a = 5}": "a is a number, not a text",
		"count = \x01":                           "unexpected character U+0001 at start of value",
		"[[target]]\nenabled = 'yes'":            "enabled is a text, not true or false",
		"[[target]]\nheaders = 5":                "headers is a number, not a table",
		"[[target]]\nheaders = {a = 5}":          "a is a number, not a text",
		"[[target]]\npaths = [1]":                "paths is a number, not a text",
		"[[target]]\npaths = 'a'":                "paths is a text, not a list of texts",
		"target = 5":                             "target is a number, not a table: write it below [[target]]",
		"count = 1.5":                            "count is a number with a fraction, not a number",
		"count = [1]":                            "count is a list, not a number",
		"count = {a = 1}":                        "count is a table, not a number",
		"count = 1979-05-27":                     "count is a time, not a number",
		"count = ":                               "a value is missing",
		"count = \nx = 1":                        "a value is missing",
		"count = x":                              "unexpected character 'x' at start of value",
		"count = 1 2":                            "expected newline but got '2'",
		"count = 1\ncount = 2":                   "key count is already defined",
		"count":                                  "expected '=' after key",
	} {
		var f struct {
			Secrets map[string]string `toml:"secrets"`
			Count   *int              `toml:"count"`
			Target  []struct {
				Enabled *bool             `toml:"enabled"`
				Headers map[string]string `toml:"headers"`
				Paths   []string          `toml:"paths"`
			} `toml:"target"`
		}
		var at *toml.DecodeError
		if err := toml.Unmarshal([]byte(text), &f); !errors.As(err, &at) || Message([]byte(text), at) != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		} else if strings.ContainsAny(Message([]byte(text), at), "{*") {
			t.Errorf("%q: a Go type in %q", text, Message([]byte(text), at))
		}
	}
}

// Places are counted from 1.
func TestLineCol(t *testing.T) {
	doc := Parse([]byte("ab\nc\n"))
	for at, want := range [][2]int{{1, 1}, {1, 2}, {1, 3}, {2, 1}, {2, 2}, {3, 1}} {
		if line, col := doc.LineCol(at); line != want[0] || col != want[1] {
			t.Errorf("%d is at %d:%d, want %v", at, line, col, want)
		}
	}
}

// A table begins with the comments right above it, and ends where the next one begins.
func TestWhereTablesBegin(t *testing.T) {
	for text, want := range map[string][]string{
		"a=1\n# x\n[t]\nb=1":           {"a=1\n", "# x\n[t]\nb=1"},
		"a=1 # x\n[t]":                 {"a=1 # x\n", "[t]"},
		"a=1\n# x\n\n# y\n\t# z\n[t]":  {"a=1\n# x\n\n", "# y\n\t# z\n[t]"},
		"# x\n[t]\n":                   {"", "# x\n[t]\n"},
		"[t] # x\n# y\n[u]":            {"", "[t] # x\n", "# y\n[u]"},
		"a=\"\"\"\n# x\"\"\"\n[t]\n":   {"a=\"\"\"\n# x\"\"\"\n", "[t]\n"},
		"a=\"\"\"\n# x\n\"\"\"\n[t]\n": {"a=\"\"\"\n# x\n\"\"\"\n", "[t]\n"},
		"":                             {""},
	} {
		var got []string
		doc := Parse([]byte(text))
		for _, x := range doc.Tables {
			got = append(got, text[x.Start:x.End])
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", text, d)
		}
		if n := len(doc.Tables); n > 1 && text[doc.Tables[n-1].Name-1] != '[' {
			t.Errorf("%q: the name is at %d", text, doc.Tables[n-1].Name)
		}
	}
}

// What cannot be set says where to write it, or what is wrong with the text.
func TestWhatCannotBeSet(t *testing.T) {
	for _, tt := range []struct{ old, table, want string }{
		{"secrets = { github = 'x' }\n", "secrets", "stripe cannot be set: write it under [secrets] yourself"},
		{"stripe = [1]\n", "", "stripe cannot be set: write it above all tables yourself"},
		{"a = 1\nx = \n", "secrets", "stripe cannot be set: "},
	} {
		_, err := Set([]byte(tt.old), tt.table, "stripe", "s")
		if err == nil || !strings.HasPrefix(err.Error(), tt.want) || strings.Contains(err.Error(), "toml: ") || strings.Contains(tt.old, "x = ") && strings.Contains(err.Error(), "yourself") {
			t.Errorf("%q: %v", tt.old, err)
		}
	}
}

// A key is where its first part is.
func TestWhereKeysAre(t *testing.T) {
	const text = "a = 1\n  b.c = 2\n[t]\n'd' = { e = 1, f.g = 'x' }\n"
	var got []string
	for _, x := range Parse([]byte(text)).Tables {
		for _, k := range x.Keys {
			got = append(got, strings.Join(k.Path, ".")+" "+text[k.At:k.At+1])
		}
	}
	if d := cmp.Diff([]string{"a a", "b.c b", "d '", "d.e e", "d.f.g f"}, got); d != "" {
		t.Error(d)
	}
}

// A byte order mark is not part of the text, and stays when the text is replaced.
func TestByteOrderMark(t *testing.T) {
	file := filepath.Join(t.TempDir(), "f.toml")
	for _, mark := range []string{"", "\xef\xbb\xbf"} {
		if err := os.WriteFile(file, []byte(mark+"a = 1\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		text, err := Read(file)
		if string(text) != "a = 1\n" || err != nil {
			t.Errorf("read %q, %v", text, err)
		}
		if err := Write(file, []byte("b = 2\n"), fs.ModePerm); err != nil {
			t.Fatal(err)
		}
		if data, _ := os.ReadFile(file); string(data) != mark+"b = 2\n" {
			t.Errorf("replaced by %q", data)
		}
	}
}
