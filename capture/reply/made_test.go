package reply_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/reply"
)

// What a template finds in a request, where there is little to be found.
func TestTemplateOfLittle(t *testing.T) {
	for _, tt := range []struct{ tmpl, body, want string }{
		{`{{.JSON "a"}}`, `{`, ""},
		{`{{.JSON "a"}}{{.JSON "a"}}`, `{"a":1}`, "11"},
		{`{{.JSON "a.1"}},{{.JSON "a.2"}},{{.JSON "a.-1"}},{{.JSON "a.x"}}`, `{"a":["x","y"]}`, "y,,,"},
		{`{{.JSON "a.b"}},{{.JSON "n"}},{{.JSON "t"}}`, `{"a":1,"n":null,"t":true}`, ",,true"},
		{`{{.JSON "a"}}`, `{"a":"<&>"}`, "<&>"},
		{`{{.JSON "a"}}`, `{"a":["<&>"]}`, `["<&>"]`},
		{`{{.JSON "a" | json}}`, `{}`, `""`},
		{`{{with .JSON "a"}}{{.}}{{else}}none{{end}}`, `{}`, "none"},
		{`{{with .JSON "a"}}{{range 2}}{{.}}{{end}}{{end}}`, `{"a":"b"}`, "01"},
		{`{{.Body}}{{.Query "none"}}`, `x`, "x"},
	} {
		f, err := reply.New(reply.Spec{Template: tt.tmpl}, "reply")
		if err != nil {
			t.Errorf("%s: %v", tt.tmpl, err)
			continue
		}
		if got := text(f.Reply(t.Context(), request("POST", "/", tt.body))); got != tt.want {
			t.Errorf("%s of %s: %q, want %q", tt.tmpl, tt.body, got, tt.want)
		}
	}
	bad := request("POST", "/", "")
	bad.Request.Body = capture.ForgottenBody(5)
	f, err := reply.New(reply.Spec{Template: "x"}, "reply")
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Reply(t.Context(), bad); got.Status != 500 || got.By != capture.ByError || !strings.Contains(text(got), "read the body") {
		t.Errorf("a body that is gone: %d %q", got.Status, text(got))
	}
	for _, tmpl := range []string{"{{", "{{.JSON}", "{{nosuch}}"} {
		if _, err := reply.New(reply.Spec{Template: tmpl}, "reply"); err == nil || !strings.Contains(err.Error(), "reply: ") {
			t.Errorf("%s: %v", tmpl, err)
		}
	}
}

// A reply from a file is what the file has now, or says what is wrong with it.
func TestRepliesFromFiles(t *testing.T) {
	dir := t.TempDir()
	name, large := filepath.Join(dir, "t"), filepath.Join(dir, "large")
	for size, file := range map[int64]string{32 << 20: filepath.Join(dir, "most"), 32<<20 + 1: large} {
		if err := errors.Join(os.WriteFile(file, nil, 0o600), os.Truncate(file, size)); err != nil {
			t.Fatal(err)
		}
	}
	answer := func(s reply.Spec) string {
		t.Helper()
		f, err := reply.New(s, "reply")
		if err != nil {
			t.Fatal(err)
		}
		r := f.Reply(t.Context(), request("POST", "/", `{"a":"b"}`))
		return fmt.Sprintf("%d %.80s", r.Status, text(r))
	}
	for _, tt := range []struct{ content, want string }{{`x{{.JSON "a"}}`, "200 xb"}, {"plain", "200 plain"}, {"{{", "500 creel: template"}, {"{{.Nothing}}", "500 creel: template"}} {
		if err := os.WriteFile(name, []byte(tt.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := answer(reply.Spec{TemplateFile: name}); !strings.HasPrefix(got, tt.want) {
			t.Errorf("%s: %s", tt.content, got)
		}
	}
	for _, tt := range []struct {
		s    reply.Spec
		want string
	}{
		{reply.Spec{TemplateFile: filepath.Join(dir, "none")}, "500 creel: read the body of the reply: "},
		{reply.Spec{BodyFile: dir}, "500 creel: read the body of the reply: " + filepath.Base(dir) + " is not a file"},
		{reply.Spec{BodyFile: large}, "500 creel: read the body of the reply: "},
		{reply.Spec{BodyFile: filepath.Join(dir, "most")}, "200 "},
	} {
		if got := answer(tt.s); !strings.HasPrefix(got, tt.want[:min(len(tt.want), 80)]) || strings.Contains(got, dir) {
			t.Errorf("%+v: %s", tt.s, got)
		}
	}
}

// A reply that cannot be made names its rule, and no path of this machine.
func TestFailuresNameTheirRule(t *testing.T) {
	file := filepath.Join(t.TempDir(), "bf.json")
	for name, want := range map[string]string{"slow": "creel: rule slow: read", "rule 2": "creel: rule 2: read"} {
		f, err := reply.New(reply.Spec{BodyFile: file}, capture.ByRule(name))
		if err != nil {
			t.Fatal(err)
		}
		got := text(f.Reply(t.Context(), request("GET", "/", "")))
		if !strings.HasPrefix(got, want) || !strings.Contains(got, " bf.json: ") || strings.Contains(got, file) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The type of a reply is that of its fields, or of its text.
func TestContentTypeOfASpec(t *testing.T) {
	for want, s := range map[string]reply.Spec{
		"":                 {},
		"a/b":              {Body: "x", Fields: []capture.Field{{Name: "content-type", Value: "a/b"}}},
		"application/json": {Body: `{"a":1}`},
	} {
		if got := s.ContentType(); got != want && !strings.HasPrefix(got, want+";") || want == "" && got != "" {
			t.Errorf("%+v: %q, want %q", s, got, want)
		}
	}
}

// blocked is a sender whose connection cannot be had, or that takes no byte.
type blocked struct {
	sent
	err error
}

func (b *blocked) Write(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	return b.sent.Write(p)
}

// Faults end without a connection of their own, as over HTTP/2, and when the sender is gone.
func TestFaultsWithoutAConnection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gone := errors.New("gone")
		for _, tt := range []struct {
			name capture.FaultName
			err  error
			want error
			body string
		}{
			{"reset", nil, capture.ErrAbort, ""},
			{"garbage", nil, capture.ErrAbort, ""},
			{"close", nil, capture.ErrAbort, ""},
			{"truncate", nil, capture.ErrAbort, "abc"},
			{"truncate", gone, capture.ErrAbort, ""},
			{"drip", nil, nil, "abcdef"},
			{"drip", gone, gone, ""},
		} {
			f, ok := reply.Fault(tt.name)
			if !ok {
				t.Fatalf("there is no fault %s", tt.name)
			}
			to := &blocked{err: tt.err}
			if err := f.Play(t.Context(), to, &capture.Reply{Status: 200, Body: capture.NewBody([]byte("abcdef"))}); !errors.Is(err, tt.want) || string(to.body) != tt.body {
				t.Errorf("%s: %v, sent %q", tt.name, err, to.body)
			}
		}
		hang, _ := reply.Fault("hang")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		if err := hang.Play(ctx, new(blocked), new(capture.Reply)); !errors.Is(err, capture.ErrAbort) || time.Since(start) != time.Minute {
			t.Errorf("hang: %v after %v", err, time.Since(start))
		}
	})
}

// A head of a fault has a status that may have a body, and the length of its own.
func TestHeadOfAFault(t *testing.T) {
	f, _ := reply.Fault("truncate")
	for status, want := range map[int]int{0: 200, 204: 200, 304: 200, 201: 201, 500: 500} {
		to := new(sent)
		_ = f.Play(t.Context(), to, &capture.Reply{Status: status, Fields: []capture.Field{{Name: "X-A", Value: "1"}, {Name: "CONTENT-LENGTH", Value: "9"}}, Body: capture.NewBody([]byte("abcd"))})
		if to.status != want || len(to.fields) != 2 || to.fields[0].Name != "X-A" || to.fields[1] != (capture.Field{Name: "Content-Length", Value: "4"}) {
			t.Errorf("%d: %d with %v", status, to.status, to.fields)
		}
	}
	to := new(sent)
	_ = f.Play(t.Context(), to, new(capture.Reply))
	if len(to.body) < 20 || !strings.HasPrefix(string(to.body), `{"creel"`) {
		t.Errorf("without a body: %q", to.body)
	}
}

// Text of rules is checked with places in it. Watching without a file ends at once.
func TestCheckedRules(t *testing.T) {
	r := reply.NewRules(reply.Source{}, nil)
	if err := r.Check("[[rule]]\nhold = true\n"); err != nil {
		t.Error(err)
	}
	if err := r.Check("[[rule]]\nmatch = 'status:5'\n"); err == nil || !strings.Contains(err.Error(), "2:") {
		t.Errorf("a wrong filter: %v", err)
	}
	if err := r.Check(strings.Repeat("#", 1<<20+1)); err == nil || !strings.Contains(err.Error(), "larger than 1 MiB") {
		t.Errorf("too large: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		done := make(chan struct{})
		go func() { defer close(done); r.Watch(t.Context(), time.Second) }()
		synctest.Wait()
		select {
		case <-done:
		default:
			t.Error("it goes on")
		}
	})
	if n := len(reply.RuleActions()); n != 4 {
		t.Errorf("%d actions", n)
	}
}
