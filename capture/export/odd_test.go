package export

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"creel/capture"
)

// oddValues are field values that a program or a shell may spoil.
var oddValues = []string{
	"", "caf\xe9", "日本 €", "\xff\xfe", "a\tb", `it's "q" \ $HOME %s \n`, "a\u00a0b\u200bc\u00add\ufe0fe\u202ef\u3164g\u2800h",
	"a;b", "@file", ":x", "=x", "{{x}}", "${x}", "`id`", "$(id)", "!x", "#x", "-x", "\\", "a, b", "é",
}

func oddExchange(host string) *capture.Exchange {
	ex := requestTo(host, "x")
	ex.Request.Target = "/plain?a=%2F"
	ex.Request.Fields = []capture.Field{{Name: "Host", Value: host}}
	for i, v := range oddValues {
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "x-Odd" + string(rune('a'+i)), Value: v})
	}
	for _, name := range []string{"X_Under", "x.dot", "X!y~z", "x'quote", "X-A", "X-A"} {
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: name, Value: "v " + name})
	}
	ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "Content-Length", Value: "1"})
	return ex
}

// program is a way to run what a format writes.
type program struct {
	format string
	run    []string
	extra  bool // it adds fields of its own
	lines  bool // its script is read from standard input
}

var programs = []program{
	{format: "curl", run: []string{"sh"}, lines: true},
	{format: "httpie", run: []string{"sh"}, lines: true, extra: true},
	{format: "python", run: []string{"python3"}},
	{format: "fetch", run: []string{"node"}, extra: true},
	{format: "go", run: []string{"go", "run"}},
}

func (p program) there() bool {
	_, err := exec.LookPath(p.run[0])
	if name := map[string]string{"curl": "curl", "httpie": "http"}[p.format]; name != "" && err == nil {
		_, err = exec.LookPath(name)
	}
	return err == nil
}

// TestOddValuesAreSentOrNamed runs what the formats write: what arrives is what
// was captured, but for what the output says is left out.
func TestOddValuesAreSentOrNamed(t *testing.T) {
	edit := map[string]func(*capture.Exchange){
		"fields": func(*capture.Exchange) {},
		"own fields empty": func(ex *capture.Exchange) {
			ex.Request.Fields = []capture.Field{{Name: "Host", Value: ex.Request.Host}, {Name: "Accept"}, {Name: "Content-Type"}, {Name: "User-Agent"}, {Name: "Content-Length", Value: "1"}}
		},
		"invisible target":  func(ex *capture.Exchange) { ex.Request.Target = "/\xff\u200b\u202e?é" },
		"two slashes":       func(ex *capture.Exchange) { ex.Request.Target = "//a//b?" },
		"dots and signs":    func(ex *capture.Exchange) { ex.Request.Target = "/a/../b;c='x'&d[]={1}|\\^`" },
		"lower-case method": func(ex *capture.Exchange) { ex.Request.Method = "post" },
		"odd method":        func(ex *capture.Exchange) { ex.Request.Method = "M-SEARCH" },
		"method with signs": func(ex *capture.Exchange) { ex.Request.Method = "X!$%&'*+.^_|~" },
		"GET with a body":   func(ex *capture.Exchange) { ex.Request.Method = "GET" },
		"body of a dash":    func(ex *capture.Exchange) { ex.Request.Body = capture.NewBody([]byte("-")) },
		"no content type": func(ex *capture.Exchange) {
			ex.Request.Fields = slices.DeleteFunc(ex.Request.Fields, func(f capture.Field) bool { return f.Name == "Content-Type" })
		},
		"star": func(ex *capture.Exchange) {
			ex.Request.Method, ex.Request.Target, ex.Request.Body = "OPTIONS", "*", capture.Body{}
			ex.Request.Fields = ex.Request.Fields[:2]
		},
	}
	for _, p := range programs {
		t.Run(p.format, func(t *testing.T) {
			if !p.there() || testing.Short() {
				t.Skip("nothing to run it with")
			}
			for name, edit := range edit {
				if p.format == "go" && name != "fields" && name != "two slashes" && name != "own fields empty" {
					continue // it takes long to compile
				}
				host, sent := rawReceiver(t)
				ex := oddExchange(host)
				edit(ex)
				out, said := p.send(t, ex)
				got := sent()
				if strings.Contains(out, "not possible") {
					if len(got) > 0 {
						t.Errorf("%s: sends although it is not possible: %q", name, got)
					}
					continue
				}
				if len(got) != 1 {
					t.Errorf("%s: %d arrived\n%s\n%s", name, len(got), said, out)
					continue
				}
				for _, problem := range p.differences(ex, got[0], out) {
					t.Errorf("%s: %s\n%s", name, problem, out)
				}
			}
		})
	}
}

// The command lines send in chunks what came so, and with one length only.
func TestChunksAreSentInChunks(t *testing.T) {
	for _, p := range programs {
		if !p.lines || !p.there() || testing.Short() {
			continue
		}
		host, sent := rawReceiver(t)
		ex := requestTo(host, "-x")
		ex.Request.Chunked = true
		ex.Request.Fields = []capture.Field{{Name: "Host", Value: host}, {Name: "Transfer-Encoding", Value: "chunked"}}
		out, said := p.send(t, ex)
		if got := sent(); len(got) != 1 || !strings.HasSuffix(got[0], "\r\n\r\n2\r\n-x\r\n0\r\n\r\n") || strings.Contains(got[0], "Content-Length") {
			t.Errorf("%s: %q arrived\n%s\n%s", p.format, got, said, out)
		}
	}
}

func (p program) send(t *testing.T, ex *capture.Exchange) (out, said string) {
	t.Helper()
	f, err := Find(p.format)
	if err != nil {
		t.Fatal(err)
	}
	text, _, err := f.One(context.Background(), ex, Options{WithSecrets: true})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "main."+f.Ext)
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(p.run[0], append(slices.Clone(p.run[1:]), file)...)
	if p.lines {
		cmd = exec.Command(p.run[0])
		cmd.Stdin = bytes.NewReader(text)
	}
	b, err := cmd.CombinedOutput()
	if err != nil {
		b = append(b, err.Error()...)
	}
	return string(text), string(b)
}

// differences are those between what was captured and what arrived, which the
// output does not name.
func (p program) differences(ex *capture.Exchange, raw, out string) (problems []string) {
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	line, fields := splitHead([]byte(head + "\r\n\r\n"))
	if want := ex.Request.Method + " " + ex.Request.Target + " HTTP/1.1"; line != want && !strings.Contains(out, "another way") && p.format != "httpie" {
		problems = append(problems, "request line "+line+", want "+want)
	}
	if want := bodyText(ex.Request.Body); body != want && !strings.Contains(out, "left out: the body") {
		problems = append(problems, "body "+body+", want "+want)
	}
	arrived := map[string][]string{}
	for _, f := range fields {
		arrived[strings.ToLower(f.Name)] = append(arrived[strings.ToLower(f.Name)], f.Value)
	}
	wanted := map[string][]string{}
	for _, f := range ex.Request.Fields {
		wanted[strings.ToLower(f.Name)] = append(wanted[strings.ToLower(f.Name)], f.Value)
	}
	for name, want := range wanted {
		got := arrived[name]
		delete(arrived, name)
		switch name {
		case "host", "content-length":
			continue
		}
		if strings.Join(got, ", ") == strings.Join(want, ", ") && len(got) > 0 {
			continue
		}
		if !strings.Contains(strings.ToLower(out), "send it: "+name+"\n") {
			problems = append(problems, name+" arrived as "+strings.Join(got, " | ")+", want "+strings.Join(want, " | "))
		}
	}
	for name := range arrived {
		if http.CanonicalHeaderKey(name) != "Connection" && !p.extra {
			problems = append(problems, "the field "+name+" was added")
		}
	}
	return problems
}
