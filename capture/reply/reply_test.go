package reply_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
	"creel/capture/reply"

	"github.com/google/go-cmp/cmp"
)

// notes is a Recorder that writes down what it is told.
type notes struct {
	mu     sync.Mutex
	id     capture.ID
	states []capture.State
	metas  []capture.Meta
}

func (n *notes) Committed(context.Context) (capture.ID, error) { return n.id, nil }
func (n *notes) AddAttempt(*capture.Attempt)                   {}
func (n *notes) SetState(_ context.Context, s capture.State) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.states = append(n.states, s)
}

func (n *notes) SetMeta(m capture.Meta) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.metas = append(n.metas, m)
}

func request(method, target, body string, fields ...capture.Field) *capture.Exchange {
	return &capture.Exchange{Request: capture.Request{Method: method, Target: target, Fields: fields, Body: capture.NewBody([]byte(body)), Size: int64(len(body))}}
}

func text(r capture.Reply) string {
	b, _ := r.Body.Bytes(context.Background())
	return string(b)
}

func TestParseSpec(t *testing.T) {
	presets := []reply.Spec{{Preset: "busy", Statuses: []int{503}, Body: "later"}}
	for _, tt := range []struct{ text, words, body, fail string }{
		{text: "200", words: "200"},
		{text: " 503 ", words: "503"},
		{text: "422 {\"error\":\"x\"}", words: "422", body: `{"error":"x"}`},
		{text: "422:{\"error\":\"x\"}", words: "422", body: `{"error":"x"}`},
		{text: "200:a: b", words: "200", body: "a: b"},
		{text: "500x3,200", words: "500 x3 then 200"},
		{text: "500x1,200", words: "500 then 200"},
		{text: "500x10000", words: "500"},
		{text: "500x10000,200", fail: "at most 10000"},
		{text: "500x-1", fail: "after x comes how often"},
		{text: "500x", fail: "after x comes how often"},
		{text: "500x3,200 later", words: "500 x3 then 200", body: "later"},
		{text: "500,503,500,200x2", words: "500 then 503 then 500 then 200"},
		{text: "@busy", words: "@busy 503", body: "later"},
		{text: "204", words: "204"},
		{text: "", fail: "must begin with a status"},
		{text: "ok", fail: "must begin with a status"},
		{text: "199", fail: "not between 200 and 599"},
		{text: "600", fail: "not between 200 and 599"},
		{text: "204 x", fail: "204 No Content has no body"},
		{text: "304:x", fail: "304 Not Modified has no body"},
		{text: "500x0,200", fail: "after x comes how often"},
		{text: "500x9999999", fail: "at most 10000"},
		{text: "@lazy", fail: "there is no such preset, but @busy"},
	} {
		s, err := reply.ParseSpec(tt.text, presets)
		if tt.fail != "" {
			if err == nil || !strings.Contains(err.Error(), tt.fail) {
				t.Errorf("%q: %v, want %q", tt.text, err, tt.fail)
			}
			continue
		}
		if err != nil || s.Words() != tt.words || s.Body != tt.body {
			t.Errorf("%q: %q %q %v", tt.text, s.Words(), s.Body, err)
		}
		again, err := reply.ParseSpec(s.Line(), presets)
		if d := cmp.Diff(s, again); err != nil || s.Words() != again.Words() || s.Body != again.Body {
			t.Errorf("%q reads back as %q: %v %s", tt.text, s.Line(), err, d)
		}
	}
}

func TestValidate(t *testing.T) {
	for want, s := range map[string]reply.Spec{
		"not the name":      {Fields: []capture.Field{{Name: "a b", Value: "c"}}},
		"has a line break":  {Fields: []capture.Field{{Name: "A", Value: "b\r\nSet-Cookie: c"}}},
		"writes trailer as": {Fields: []capture.Field{{Name: "trailer", Value: "X-A"}}},
		"only one of body":  {Body: "a", Template: "b"},
		"negative":          {Delay: -1},
		"template: line 1":  {Template: "{{.JSON"},
		"no body":           {Statuses: []int{500, 204}, Body: "x"},
		"can't evaluate":    {},
		"is not a function": {},
	} {
		if err := s.Validate(); len(s.Fields)+len(s.Body)+len(s.Template) > 0 || s.Delay != 0 {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	}
}

func TestContentType(t *testing.T) {
	nosniff := capture.Field{Name: "X-Content-Type-Options", Value: "nosniff"}
	plain := capture.Field{Name: "Content-Type", Value: "text/plain; charset=utf-8"}
	own := capture.Field{Name: "content-type", Value: "text/html"}
	for _, tt := range []struct {
		spec reply.Spec
		want []capture.Field
	}{
		{reply.Spec{}, []capture.Field{plain, nosniff}},
		{reply.Spec{Statuses: []int{204}}, nil},
		{reply.Spec{Fields: []capture.Field{{Name: "X-A", Value: "1"}}}, []capture.Field{{Name: "X-A", Value: "1"}, plain, nosniff}},
		{reply.Spec{Body: `{"a":1}`}, []capture.Field{{Name: "Content-Type", Value: "application/json"}, nosniff}},
		{reply.Spec{Body: `<b>hi`}, []capture.Field{plain, nosniff}},
		{reply.Spec{Body: `<b>hi`, Fields: []capture.Field{own}}, []capture.Field{own}},
	} {
		f, err := reply.New(tt.spec, "reply")
		if err != nil {
			t.Fatal(err)
		}
		got := f.Reply(t.Context(), request("GET", "/", ""))
		if d := cmp.Diff(tt.want, got.Fields); d != "" {
			t.Errorf("%q: %s", tt.spec.Body, d)
		}
	}
}

func TestSequence(t *testing.T) {
	spec := reply.Spec{Statuses: []int{500, 500, 200}}
	byID := func(id string) *capture.Exchange {
		ex := request("POST", "/", id)
		ex.Sender.Delivery = id
		return ex
	}
	idem := func(key, body string) *capture.Exchange {
		return request("POST", "/", body, capture.Field{Name: "idempotency-key", Value: key})
	}
	f, err := reply.New(spec, "reply")
	if err != nil {
		t.Fatal(err)
	}
	if f.Words() != "500 x2 then 200" {
		t.Errorf("before: %q", f.Words())
	}
	for i, tt := range []struct {
		ex   *capture.Exchange
		want int
	}{
		{byID("a"), 500},
		{byID("b"), 500},
		{byID("a"), 500},
		{byID("a"), 200},
		{byID("a"), 200},
		{byID("b"), 500},
		{idem("k", "1"), 500},
		{idem("k", "2"), 500},
		{idem("k", "3"), 200},
		{request("POST", "/x", "same"), 500},
		{request("POST", "/y", "same"), 500},
		{request("POST", "/x?t=1", "same"), 500},
		{request("POST", "/x?t=2", "same"), 200},
	} {
		tt.ex.ID = capture.ID(i + 1)
		if got := f.Reply(t.Context(), tt.ex); got.Status != tt.want {
			t.Errorf("%d: %d, want %d", i, got.Status, tt.want)
		}
		if want := []string{"1 of 3, #1", "1 of 3, #2", "2 of 3, #3"}; i < len(want) && f.Words() != "500 x2 then 200 · "+want[i] {
			t.Errorf("%d: %q, want %s", i, f.Words(), want[i])
		}
	}
	if f.Words() != "500 x2 then 200 · 3 of 3, #13" {
		t.Errorf("after: %q", f.Words())
	}
	spec.PerRule = true
	if f, err = reply.New(spec, "reply"); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{500, 500, 200} {
		ex := byID(fmt.Sprint(i))
		ex.ID = 7
		if got := f.Reply(t.Context(), ex); got.Status != want {
			t.Errorf("per rule %d: %d, want %d", i, got.Status, want)
		}
	}
	if f.Words() != "500 x2 then 200 · 3 of 3" { // no step of one request alone
		t.Errorf("per rule: %q", f.Words())
	}
}

func TestSequenceForgetsTheOldestDelivery(t *testing.T) {
	f, err := reply.New(reply.Spec{Statuses: []int{500, 200}}, "reply")
	if err != nil {
		t.Fatal(err)
	}
	come := func(i int) int {
		ex := request("POST", "/", "")
		ex.Sender.Delivery = fmt.Sprint(i)
		return f.Reply(t.Context(), ex).Status
	}
	for i := range 10_001 {
		come(i)
	}
	if got := come(10_000); got != 200 {
		t.Errorf("the newest was forgotten: %d", got)
	}
	if got := come(0); got != 500 {
		t.Errorf("the oldest is still known: %d", got)
	}
}

func TestTemplate(t *testing.T) {
	ex := request("POST", "/a%2Fb?x=caf%C3%A9", `{"data":{"id":"in \"1\"","n":9007199254740993,"list":[{"sku":"s"}]}}`, capture.Field{Name: "X-Id", Value: "7"})
	for tmpl, want := range map[string]string{
		`{{.JSON "data.id"}}`:                      `in "1"`,
		`{{.JSON "data.id" | json}}`:               `"in \"1\""`,
		`{{.JSON "data.n"}}`:                       `9007199254740993`,
		`{{.JSON "data.list.0.sku"}}`:              `s`,
		`{{.JSON "data.list"}}`:                    `[{"sku":"s"}]`,
		`{{.JSON "no.such"}}{{.JSON "data.id.x"}}`: ``,
		`{{.Header "x-id"}} {{.Query "x"}} {{.Method}} {{.Path}} {{len .Body}}`: `7 café POST /a%2Fb 68`,
		`{{range 3}}x{{end}}`:                               "xxx",
		`{{if .Header "none"}}a{{else}}b{{end}}`:            "b",
		`{{len uuid}} {{len (printf "%s" now)}}`:            "36 20",
		`{{slice uuid 14 15}}`:                              "4", // the version
		`{{define "t"}}[{{.}}]{{end}}{{template "t" "in"}}`: "[in]",
	} {
		f, err := reply.New(reply.Spec{Template: tmpl}, "reply")
		if err != nil {
			t.Errorf("%s: %v", tmpl, err)
			continue
		}
		if got := f.Reply(t.Context(), ex); text(got) != want || got.Status != 200 {
			t.Errorf("%s: %d %q, want %q", tmpl, got.Status, text(got), want)
		}
	}
}

func TestBodyFileIsReadEachTime(t *testing.T) {
	name := filepath.Join(t.TempDir(), "body")
	f, err := reply.New(reply.Spec{BodyFile: name}, "reply")
	if err != nil {
		t.Fatal(err)
	}
	if got := f.Reply(t.Context(), request("GET", "/", "")); got.Status != 500 || got.By != "error" {
		t.Errorf("without the file: %d by %s", got.Status, got.By)
	}
	for _, want := range []string{"one", "two"} {
		if err := os.WriteFile(name, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := f.Reply(t.Context(), request("GET", "/", "")); text(got) != want {
			t.Errorf("%q, want %q", text(got), want)
		}
	}
}

func TestDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f, err := reply.New(reply.Spec{Delay: 5 * time.Second}, "reply")
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		f.Respond(t.Context(), request("GET", "/", ""), &notes{})
		if got := time.Since(start); got != 5*time.Second {
			t.Errorf("answered after %v", got)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start = time.Now()
		f.Respond(ctx, request("GET", "/", ""), &notes{})
		if got := time.Since(start); got != time.Second {
			t.Errorf("went on for %v after the sender left", got-time.Second)
		}
	})
}

func TestStanding(t *testing.T) {
	var s reply.Standing
	if out := s.Respond(t.Context(), request("GET", "/", ""), nil); out.Reply.Status != 200 || out.Reply.By != "default" || s.Words() != "200" {
		t.Errorf("%+v %q", out.Reply, s.Words())
	}
	if err := s.Set(reply.Spec{Statuses: []int{700}}); err == nil {
		t.Error("a wrong reply was taken")
	}
	if err := s.Set(reply.Spec{Statuses: []int{500, 500, 200}, Body: "x"}); err != nil {
		t.Fatal(err)
	}
	out := s.Respond(t.Context(), request("GET", "/", ""), nil)
	if out.Reply.Status != 500 || out.Reply.By != "reply" || s.Words() != "500 x2 then 200 · 1 of 3" {
		t.Errorf("%+v %q", out.Reply, s.Words())
	}
	s.Reset()
	if s.Words() != "200" {
		t.Errorf("%q", s.Words())
	}
}

// FuzzParseSpec holds that what is read is valid and reads back the same.
func FuzzParseSpec(f *testing.F) {
	for _, s := range []string{"200", "500x3,200:later", "422 {}", "@a", "204x2,200 x", "200:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, line string) {
		s, err := reply.ParseSpec(line, nil)
		if err != nil {
			return
		}
		if err := s.Validate(); err != nil {
			t.Fatal(err)
		}
		again, err := reply.ParseSpec(s.Line(), nil)
		if err != nil || again.Body != s.Body || again.Words() != s.Words() {
			t.Fatalf("%q became %q: %v", s.Line(), again.Line(), err)
		}
		if bytes.ContainsAny([]byte(s.Words()), "\r\n\x1b") {
			t.Fatalf("words %q", s.Words())
		}
	})
}
