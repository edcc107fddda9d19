package cli

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"creel/capture/provider"
	"creel/ui/docs"
)

func everyCommand(cmd *cobra.Command, do func(*cobra.Command)) {
	do(cmd)
	for _, c := range cmd.Commands() {
		everyCommand(c, do)
	}
}

// Help fits 80 columns, but for examples, says something of every flag, and keeps
// the flags' texts as they are.
func TestHelpText(t *testing.T) {
	p := newProgram()
	everyCommand(newRoot(p), func(cmd *cobra.Command) {
		text := helpText(cmd, false)
		examples := false
		for line := range strings.Lines(text) {
			examples = strings.HasPrefix(line, "Examples") || examples && line != "\n"
			if n := utf8.RuneCountInString(strings.TrimRight(line, "\n")); n > helpWidth && !examples && !strings.Contains(line, "creel "+cmd.Name()) {
				t.Errorf("%s: %d columns: %s", cmd.CommandPath(), n, line)
			}
		}
		if strings.Contains(text, "\x1b") {
			t.Errorf("%s: escape sequences", cmd.CommandPath())
		}
		if !cmd.Hidden && cmd.Runnable() && cmd.Example == "" {
			t.Errorf("%s: no example", cmd.CommandPath())
		}
		if !cmd.Hidden && cmd.Runnable() && cmd.Short == "" {
			t.Errorf("%s: nothing says what it does", cmd.CommandPath())
		}
	})
	if text := helpText(newRoot(p), true); !strings.Contains(text, "\x1b[1mUsage\x1b[0m") || !strings.HasPrefix(text, "creel is") {
		t.Errorf("bold headings: %q", text[:200])
	}
	if text := helpText(newRoot(p), false); strings.Index(text, "\nCapture\n") > strings.Index(text, "\nSend\n") || strings.Count(text, "\nSend\n") != 1 || !strings.Contains(text, "\n  listen      ") || strings.Contains(text, "dial-stdio") {
		t.Error("help begins with Capture, names a group once, indents commands, and has no hidden command")
	}
}

// Help says of a command's flags what they do for that command.
func TestHelpTextIsTrue(t *testing.T) {
	root := newRoot(newProgram())
	for name, want := range map[string][2]string{ // what it says, and what not
		"wait":   {"where to listen (default: a free port)", "--ephemeral"},
		"listen": {"(default 127.0.0.1:4665 and", "free port"},
	} {
		cmd, _, err := root.Find([]string{name})
		if err != nil {
			t.Fatal(err)
		}
		text := helpText(cmd, false)
		if !strings.Contains(text, want[0]) || strings.Contains(text, want[1]) || !strings.Contains(text, "\nTeam\n") {
			t.Errorf("want %q and not %q: %s", want[0], want[1], text)
		}
	}
}

func TestWrap(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "one": "one", "one two": "one two", "one two three": "one two|three", "12345678901 2": "12345678901|2", "123456789 0": "123456789|0", "12345678 0": "12345678 0",
	} {
		if got := strings.Join(wrap(text, 10), "|"); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// The manual page has all that help has, and groff understands all of it.
func TestManPage(t *testing.T) {
	page := manPage(newRoot(newProgram()))
	if !regexp.MustCompile(`\n\.SH NAME\ncreel \\- [a-z][a-z]* [a-z]`).MatchString(page) {
		t.Errorf("no line of apropos: %.200s", page)
	}
	for _, want := range []string{
		".SS Capture", ".SS Forward and resend",
		`\-\-keep\-bytes SIZE`, `\(aqK: V\(aq`, "creel resend ID...", "128+n",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in it", want)
		}
	}
	var sections []string
	empty := ""
	for line := range strings.Lines(page) {
		title, ok := strings.CutPrefix(line, ".SH ")
		if ok {
			sections = append(sections, strings.TrimSpace(title))
		}
		if ok && empty != "" {
			t.Errorf("nothing is in the section %s", empty)
		}
		if empty = ""; ok {
			empty = title
		}
	}
	if d := cmp.Diff([]string{
		"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "COMMANDS", "EXIT STATUS", "ENVIRONMENT",
		"FILTERS", "REPLIES AND RULES", "JSON LINES", "EXPORTS AND IMPORTS", "FILES AND LIMITS", "EXAMPLES",
	}, sections); d != "" || empty != "" {
		t.Errorf("sections (-want +got):\n%s", d)
	}
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Skip("groff is not installed: the manual page is not read by it")
	}
	cmd := exec.Command(groff, "-ww", "-man", "-Tutf8", "-rLL=100n")
	cmd.Stdin = strings.NewReader(page)
	var warnings strings.Builder
	cmd.Stderr = &warnings
	out, err := cmd.Output()
	if err != nil || warnings.Len() > 0 {
		t.Errorf("groff: %v: %s", err, warnings.String())
	}
	if len(out) < len(page)/2 {
		t.Errorf("groff wrote %d bytes of %d", len(out), len(page))
	}
}

// A page becomes a part of the manual, each block in its form.
func TestManPageOfATopic(t *testing.T) {
	var m man
	m.markdown("## Part\n\nText that\ngoes on.\n\n- an item\n\n| `a` | b |\n\n```\ncode\n```\n")
	want := ".SS Part\n.PP\nText that goes on.\n.PP\n.IP \\(bu 2\nan item\n.PP\n.TP\na\nb\n.PP\n.EX\ncode\n.EE\n"
	if diff := cmp.Diff(want, m.String()); diff != "" {
		t.Error(diff)
	}
}

func TestRoff(t *testing.T) {
	for s, want := range map[string]string{
		".TH": `\&.TH`, "'quoted'": `\(aqquoted\(aq`, `a\b`: `a\eb`, "--x": `\-\-x`, "a.b": "a.b",
	} {
		if got := roff(s); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
}

// A page fits a terminal: all its tables and lists are text of 80 columns.
func TestPageText(t *testing.T) {
	for _, page := range docs.Pages() {
		for line := range strings.Lines(pageText(page.Text, false)) {
			line = strings.TrimRight(line, "\n")
			if strings.HasPrefix(line, "|") || strings.HasPrefix(line, "```") || strings.Contains(line, "<!--") {
				t.Errorf("%s: markup: %s", page.Name, line)
			}
			if utf8.RuneCountInString(line) > helpWidth && !strings.Contains(page.Text, "\n"+strings.TrimPrefix(line, "  ")+"\n") {
				t.Errorf("%s: wider than %d columns: %s", page.Name, helpWidth, line)
			}
		}
	}
	got := pageText("# title\n\nSome `text`\ngoes **on**.\n\n| a | b |\n| --- | --- |\n| `x\\|y` | is | [z](u) |\n\n- one\n  two\n```sh\n| code\n```\n", true)
	want := "\x1b[1mTitle\x1b[0m\n\nSome text goes on.\n\n  a                         b\n  x|y                       is. z\n\n- one two\n  | code\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The example of a provider is what is printed of it, but for what ... stands for.
func TestExampleOfAProvider(t *testing.T) {
	page, _ := docs.Find("json")
	example := regexp.MustCompile(`(?s)\{"type":"provider".*?\}\n\{`).FindString(page.Text)
	example = strings.ReplaceAll(strings.TrimSuffix(example, "{"), "\n ", "")
	pattern := "^" + strings.ReplaceAll(regexp.QuoteMeta(example), regexp.QuoteMeta("..."), ".*") + "$"
	set, err := provider.New(provider.Config{})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	p := newProgram()
	p.out = &out
	list := slices.DeleteFunc(set.Providers(), func(i provider.Info) bool { return i.Name != "stripe" })
	if err := p.printProvidersJSON(list); err != nil || len(list) == 0 || !regexp.MustCompile(pattern).MatchString(out.String()) {
		t.Errorf("%v: %s\nin the page: %s", err, out.String(), example)
	}
}
