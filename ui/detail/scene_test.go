package detail

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/ansi"

	"creel/capture"
	"creel/capture/golden"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/forward"
	"creel/ui/theme"
	"creel/ui/uitest/keys"
)

// scene plays a pane and writes down what is seen after each step.
type scene struct {
	golden.Script
	t       *testing.T
	p       *Pane
	focused bool
}

// play shows an exchange in a pane and does the steps: the name of one, with what
// it takes after a blank, a key while a field is open, or a function.
func (s *scene) play(what string, p *Pane, ex *capture.Exchange, steps ...any) {
	s.t.Helper()
	s.p, s.focused = p, true
	s.Begin("%s, %d by %d", what, p.w, p.h)
	drain(p, p.Show(ex))
	s.look()
	for _, step := range steps {
		if do, ok := step.(func()); ok {
			s.Step("it goes on")
			do()
			s.look()
			continue
		}
		s.Step("%s", step)
		s.do(step.(string))
		s.drawn()
		s.look()
	}
}

func (s *scene) do(step string) {
	p := s.p
	name, rest, _ := strings.Cut(step, " ")
	var a, b int
	_, _ = fmt.Sscan(rest, &a, &b)
	also := func(cmd tea.Cmd, ok bool) tea.Cmd {
		if !ok {
			s.Say("it cannot")
		}
		return cmd
	}
	no := func(do func()) func() tea.Cmd { return func() tea.Cmd { do(); return nil } }
	do, ok := map[string]func() tea.Cmd{
		"tab": func() tea.Cmd { return p.Open(Tab(a - 1)) }, "move": no(func() { p.Move(a) }),
		"first": no(p.First), "last": no(p.Last), "scroll": no(func() { p.Scroll(a) }), "right": no(p.Right), "left": no(p.Left),
		"fold": no(p.FoldAll), "level": no(func() { p.FoldLevel(a) }), "wrap": no(p.ToggleWrap),
		"page": no(func() { p.Page(float64(a) / 2) }), "click": func() tea.Cmd { return p.Click(a, b) },
		"back": func() tea.Cmd { return also(p.Back()) }, "search": no(p.Search), "jq": func() tea.Cmd { return also(p.JQ()) },
		"next": func() tea.Cmd { return also(nil, p.Next(1)) }, "previous": func() tea.Cmd { return also(nil, p.Next(-1)) },
		"as": func() tea.Cmd { return p.ViewAs(rest) }, "answer": func() tea.Cmd { return also(p.OpenResponse()) },
		"words":    no(func() { p.SetWords(strings.Fields(rest)) }),
		"size":     no(func() { p.SetSize(a, b, p.titled, p.together) }),
		"together": no(func() { p.SetSize(a, b, p.titled, true) }),
		"leave":    no(func() { s.focused = false }), "tick": p.Tick,
	}[name]
	switch {
	case strings.HasPrefix(step, "'"):
		typeIn(p, step[1:])
	case ok:
		drain(p, do())
	default:
		drain(p, p.Update(keys.Press(step)))
	}
}

// drawn fails the test where the pane shows what was so before the last step.
func (s *scene) drawn() {
	s.t.Helper()
	was := s.p.View(true)
	if s.p.redraw(); s.p.View(true) != was {
		s.t.Errorf("this is shown no longer once it is drawn again:\n%s\nbut\n%s", ansi.Strip(was), ansi.Strip(s.p.View(true)))
	}
}

func (s *scene) look() {
	s.t.Helper()
	p := s.p
	check(s.t, p)
	at := fmt.Sprintf("at line %d", p.Line())
	if n, ok := p.Node(); ok {
		at += fmt.Sprintf(", node %s %.30q", n.Path, n.Value)
	}
	if v, ok := p.Value(); ok {
		at += fmt.Sprintf(", value %s %.30q", v.Name, v.Text)
	}
	if n, ok := p.Attempt(); ok {
		at += fmt.Sprintf(", attempt %d, on its row %v", n, p.AtAttempt())
	}
	if x, y, ok := p.Cursor(); ok {
		at += fmt.Sprintf(", cursor %d,%d", x, y)
	}
	modes, now := p.Modes()
	s.See(p.View(s.focused), at, fmt.Sprintf("can fold %v, left %v, wraps %v; modes %v, now %q", p.CanFold(), p.CanLeft(), p.AlwaysWraps(), modes, now))
}

func (s *scene) pane(d Deps, w, h int, titled bool) *Pane {
	th, err := theme.New(theme.Options{})
	if err != nil {
		s.t.Fatal(err)
	}
	p := newPane(s.t, d, w, h, titled)
	p.SetTheme(th)
	return p
}

// TestScenes plays what keys do to each page: what is seen is as it was.
func TestScenes(t *testing.T) {
	for name, play := range map[string]func(*scene){
		"body": bodyScene, "keys": keysScene, "search": searchScene, "jq": jqScene, "headers": headersScene, "reply": replyScene,
		"attempts": attemptsScene, "attempt": attemptScene, "signature": signatureScene, "line": lineScene, "raw": rawScene, "response": responseScene,
	} {
		t.Run(name, func(t *testing.T) {
			s := &scene{t: t}
			play(s)
			golden.File(t, "scene-"+name+".txt", s.String())
		})
	}
}

func bodyScene(s *scene) {
	ex := stripe()
	s.play("json", s.pane(stripeDeps(), 80, 16, false), ex, "move 3", "as tree", "as raw", "as hex", "as pretty", "words il_ stripe", "leave")
	p := s.pane(Deps{}, 60, 12, true)
	ex.Request.Malformed, ex.Request.Truncated, ex.Request.Incomplete, ex.Request.Size = "a bare CR", true, true, 1<<20
	s.play("what is wrong", p, ex, "move 2", "last")
	s.play("no body", p, &capture.Exchange{ID: 7, Request: capture.Request{Method: "GET", Target: "/"}}, "move 1", "jq", "search", "'x", "back", "fold", "right", "as hex")
	s.play("text", p, document(8, "text/plain", strings.Repeat("word ", 40)+"\n\tü\n"), "move 1", "wrap", "right", "right", "left", "move 1", "wrap")
	s.play("xml", p, document(9, "text/xml", "<a><b x='1'>t</b><c><d>2</d></c></a>"), "fold", "level 2")
	s.play("broken", p, document(10, "application/json", `{"a":1,`+"\n\n\n\n\n\n\n\n\n\n\n"+`,}`), "first")
	s.play("another order", s.pane(Deps{Before: func(*capture.Exchange) *capture.Exchange {
		return document(1, "application/json", `{"a":["x","y"],"gone":1,"b":"`+strings.Repeat("o", 60)+`"}`)
	}}, 90, 14, false), document(11, "application/json", `{"a":["y","x"],"b":"n","new":true}`), "size 44 14", "size 24 14")
	big := strings.Repeat("1,", quick/2)
	s.play("laid out beside the screen", s.pane(Deps{Before: func(*capture.Exchange) *capture.Exchange {
		return document(1, "application/json", `{"b":[`+big+`1],"a":2}`)
	}}, 60, 10, false), document(12, "application/json", `{"b":[`+big+`1],"a":3}`), "last", "move -1")
}

func keysScene(s *scene) {
	ex := stripe()
	ex.Request.Body = capture.NewBody([]byte(`{"long":"` + strings.Repeat("x", 300) + `","list":[` + strings.TrimSuffix(strings.Repeat(`{"a":1,"b":[1,2]},`, 12), ",") + `]}`))
	p := s.pane(Deps{}, 50, 14, false)
	s.play("wrapped", p, ex, "move 1", "move 1", "move 2", "move -1", "move -1", "move 3", "page 1", "page 2", "page -1", "page -2", "last", "first", "scroll 1", "scroll 3", "scroll -2", "scroll 99", "scroll -99")
	s.play("folded", p, ex, "first", "move 4", "left", "left", "left", "right", "right", "level 1", "level 2", "fold", "fold", "fold", "last", "left", "left")
	s.play("clicked", p, ex, "first", "click 3 0", "click 30 0", "click 3 0", "click 12 3", "click 3 1", "click 3 1", "click 12 4", "click 3 9", "click 0 12", "click 0 13", "click 0 99")
	s.play("sideways", p, ex, "wrap", "first", "move 1", "right", "right", "left", "left", "left", "wrap")
	steps := []any{"first"}
	for _, by := range []int{1, -1, 2, -2} {
		for range 9 {
			steps = append(steps, fmt.Sprint("move ", by))
		}
	}
	s.play("a row that is higher than the page", s.pane(Deps{}, 30, 8, false), ex, steps...)
	s.play("gutter", s.pane(Deps{}, 7, 8, false), ex, "size 6 8", "size 10 8", "size 9 8")
	s.play("one row", s.pane(Deps{}, 30, 8, false), document(2, "text/plain", strings.Repeat("x", 290)), "scroll 1", "scroll 99", "move 9", "scroll -1")
	s.play("together", s.pane(Deps{}, 60, 20, false), ex, "together 60 12", "together 60 8", "together 60 5", "together 60 4")
	s.play("small", s.pane(Deps{}, 30, 5, true), ex, "move 1", "size 30 4", "size 30 8", "size 30 3", "size 12 7")
}

func searchScene(s *scene) {
	p := s.pane(stripeDeps(), 70, 14, false)
	s.play("in the body", p, stripe(), "next", "search", "'il_", "next", "down", "up", "'x", "backspace", "enter", "next", "next", "previous", "previous", "back", "back")
	s.play("kept", p, stripe(), "search", "'evt", "enter", "tab 2", "search", "ctrl+u", "'a", "enter", "next", "search", "left", "home", "esc", "search", "'application", "enter", "tab 4", "tab 1", "left", "search", "esc")
	s.play("another one is shown", p, stripe(), "search", "'evt", func() { drain(p, p.Show(previous())) }, "search", "esc")
	s.play("folded away", p, stripe(), "level 1", "search", "'il_2", "enter", "back")
	s.play("titled", s.pane(stripeDeps(), 40, 12, true), stripe(), "search", "'data", "enter", "size 20 12", "size 28 12")
	long := document(3, "text/plain", strings.Repeat("x", 90)+"needle"+strings.Repeat("y", 90)+"\nneedle\n"+strings.Repeat("世", 60)+"needle\n")
	s.play("sideways", s.pane(Deps{}, 50, 12, false), long, "wrap", "search", "'needle", "enter", "next", "next", "next")
}

func jqScene(s *scene) {
	p := s.pane(stripeDeps(), 70, 12, false)
	s.play("asked", p, stripe(), "jq", "'.data.object", "enter", "move 2", "fold", "as raw", "wrap", "search", "'cus", "enter", "back", "jq", "' |", "enter", "backspace", "backspace", "'.nope", "enter", "back", "jq", "enter")
	s.play("nothing comes", p, stripe(), "jq", "'empty", "enter", "tab 1")
	s.play("an error after a value", p, stripe(), "jq", "'1, error(\"no\")", "enter", "esc")
	s.play("several values", p, document(5, "application/x-ndjson", `{"a":1}`+"\n"+`{"a":2}`+"\n"+`{"a":3}`), "jq", "'.a", "enter", "esc")
	s.play("another result begins at its first row", s.pane(Deps{}, 60, 9, false), stripe(), "jq", "'.data", "down", "down", "down", "'|.")
	s.play("no JSON", p, document(4, "text/plain", "<a>"), "jq", "'.a", "enter", "esc")
}

func headersScene(s *scene) {
	p := s.pane(stripeDeps(), 80, 20, false)
	ex := stripe()
	ex.Request.Exact = false
	ex.Request.Trailers = fields("X-Sum: 1")
	ex.Request.Fields = append(ex.Request.Fields, fields(
		"X-Timestamp: 1795433700123", "X-Timestamp-2: 17954337001234", "X-Timestamp-3: 179543370x", "X-Other: 1795433700", "Authorization: basic !!!", "X-Half: Bearer eyJhbGciOiJIUzI1NiJ9.e.x",
		"X-None: eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJqb2UifQ.c2ln", "X-Big: "+strings.Repeat("v", 70_000), "X-All: a=eyJhbGciOiJIUzI1NiJ9.eyJpYXQiOjE3OTU0MzM3MDAsIm5iZiI6MTc5NTQzMzcwMCwiZXhwIjoxNzk1NDQxMDI2fQ.c2ln",
	)...)
	s.play("headers", p, ex, "tab 2", "move 3", "move 4", "move 5", "page 2", "page 2", "last", "search", "'joe", "enter")
	s.play("clicked", p, ex, "tab 2", "click 1 3", "click 1 4", "click 9 99")
	s.play("query", p, ex, "tab 3", "move 3", "move 1", "move 9")
	ex = &capture.Exchange{ID: 3, Request: capture.Request{
		Target: "/a?" + strings.Repeat("n", 30) + "=1&b=%zz&c=a%20b+c&&d", Exact: true, Fields: fields("Cookie: a=b; c=d+e%21; f", "cookie: second=1"),
	}}
	s.play("odd parameters", p, ex, "tab 3", "move 2", "move 1", "move 1", "move 4")
	ex = &capture.Exchange{ID: 4, Request: capture.Request{Target: "/a", Fields: fields("Cookie: a=b")}}
	s.play("cookies alone", p, ex, "tab 3")
	s.play("neither", p, &capture.Exchange{ID: 5, Request: capture.Request{Target: "/a"}}, "tab 3", "tab 2")
}

func replyScene(s *scene) {
	p := s.pane(stripeDeps(), 80, 14, false)
	s.play("reply", p, stripe(), "tab 4", "move 1")
	ex := stripe()
	ex.ID, ex.Reply.Took, ex.Reply.Fault, ex.Reply.By = 3, 21*time.Second, "reset", "rule:r 1"
	ex.Reply.Trailers = fields("X-Sum: 1")
	s.play("too late", p, ex, "tab 4", "tab 1")
	exact := *ex
	exact.ID, exact.Reply.Took = 4, 20*time.Second
	s.play("just in time", p, &exact, "tab 4", "tab 1")
	s.play("none", p, &capture.Exchange{ID: 5, State: capture.StateHeld}, "tab 4")
	s.play("a fault alone", p, &capture.Exchange{ID: 6, Reply: capture.Reply{Fault: "hang", By: "hold"}}, "tab 4")
	alone := stripeDeps()
	alone.Limit = nil
	alone.Delivery = func(ex *capture.Exchange) provider.Delivery {
		return provider.Delivery{Tries: []provider.Try{{Exchange: ex.ID}}}
	}
	s.play("one try", s.pane(alone, 80, 14, false), ex, "tab 4")
}

// attempted is a request with attempts of every kind.
func attempted() *capture.Exchange {
	ex := stripe()
	ex.ID = 20
	ex.Attempts[1].By = "someone-with-a-name-that-is-too-long@example.com"
	ex.Attempts[2].Truncated = true
	ex.Attempts = append(ex.Attempts, &capture.Attempt{
		N: 4, At: noon.Add(-time.Second), To: "https://staging.example.com/hooks/of/stripe/that/are/long/enough/to/be/cut", Method: "PUT", Took: 3 * time.Second, Connect: 20 * time.Millisecond,
		Signed: true, SignedURL: "https://staging.example.com/", By: "me", Changes: []string{"one change", "and another one"}, Truncated: true,
		Err: "response: reset\nsecond line", Cause: capture.CauseReset, Proto: "HTTP/1.1",
		Body: capture.NewBody([]byte("[" + strings.Repeat("1,", 300) + "1]")), Fields: fields("Content-Type: application/json"),
	})
	return ex
}

func attemptsScene(s *scene) {
	ex := attempted()
	for _, w := range []int{110, 80, 40} {
		s.play("list", s.pane(Deps{}, w, 14, false), ex, "tab 5", "first", "move 1", "move 1", "last", "answer", "back", "size 60 14", "size 100 14")
	}
	p := s.pane(Deps{}, 80, 14, false)
	s.play("the newest is followed", p, ex, "tab 5", "last", func() {
		more := *ex
		more.Attempts = append(more.Attempts[:len(more.Attempts):len(more.Attempts)], &capture.Attempt{N: 5, At: noon, To: "http://a/", Method: "POST"})
		drain(p, p.Show(&more))
	}, "first", func() { drain(p, p.Show(ex)) })
	none := stripe()
	none.ID, none.Attempts = 21, nil
	s.play("none", p, none, "tab 5", "answer", "move 1")
	none.Pending = []string{"http://a/", "http://b/"}
	flying := []forward.InFlight{{ID: 21, To: mustURL(s.t, "http://localhost:3000/a"), Since: noon.Add(-3 * time.Second)}, {ID: 21, To: mustURL(s.t, "https://example.com/"+strings.Repeat("long/", 20)), Since: noon.Add(-2 * time.Minute)}}
	p = s.pane(Deps{InFlight: func(capture.ID) []forward.InFlight { return flying }}, 60, 12, false)
	s.play("under way", p, none, "tab 5", "tab 1", func() { flying = flying[:1] }, "tick", func() { flying = nil }, "tick")
}

func mustURL(t testing.TB, text string) forward.URL {
	t.Helper()
	u, err := forward.ParseURL(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func attemptScene(s *scene) {
	ex := attempted()
	p := s.pane(Deps{}, 80, 20, false)
	s.play("whole", p, ex, "tab 5", "last", "answer", "last", "tab 1", "tab 5", "answer", "tab 5")
	s.play("one by one", p, stripe(), "tab 5", "first", "answer", "back", "move 1", "answer", "back", "move 1", "answer", "as raw", "last", "search", "'ok", "enter", "first", "fold", "fold", "level 1")
	lines := func(n int) *capture.Exchange {
		ex := stripe()
		ex.ID = capture.ID(100 + n)
		ex.Attempts = []*capture.Attempt{{N: 1, At: noon, To: "http://a/", Method: "POST", Body: capture.NewBody([]byte(strings.Repeat("x\n", n)))}}
		return ex
	}
	for _, n := range []int{199, 200, 201} {
		s.play("its body", s.pane(Deps{}, 40, 8, false), lines(n), "tab 5", "answer", "last")
	}
}

func signatureScene(s *scene) {
	for _, verdict := range []capture.Verdict{capture.Valid, capture.Invalid, capture.Stale, capture.NoSecret, ""} {
		ex := stripe()
		ex.Signature = capture.Signature{Verdict: verdict}
		s.play("verdict "+string(verdict), s.pane(stripeDeps(), 80, 18, false), ex, "tab 6", "last", "tab 1")
		ex = stripe()
		ex.ID, ex.Signature = 3, capture.Signature{Verdict: verdict, Explanation: "signed, but for some reason", Reason: provider.NoKnown}
		s.play("explained", s.pane(Deps{Enter: func(*capture.Exchange) safe.Text { return safe.Const("asks for a secret") }}, 80, 12, true), ex, "tab 6")
	}
	for _, reason := range []capture.Reason{provider.Mismatch, provider.Tolerance, provider.NoKnown, provider.Missing, provider.Malformed, "other"} {
		ex := stripe()
		ex.Signature = capture.Signature{Verdict: capture.Invalid, Reason: reason}
		s.play("reason "+string(reason), s.pane(Deps{}, 80, 10, false), ex, "tab 6")
	}
	result := provider.Result{Signature: capture.Signature{Verdict: capture.Invalid, Reason: provider.Mismatch}, Provider: "x", URL: "https://a", Received: []string{"ab"}, Expected: "ac", DevKey: true}
	var err error
	d := Deps{Check: func(context.Context, *capture.Exchange, time.Time) (provider.Result, error) { return result, err }}
	ex := stripe()
	s.play("a mismatch", s.pane(d, 80, 20, false), ex, "tab 6")
	result.URL, result.Received = "", []string{"ac12", "a"}
	s.play("longer than expected", s.pane(d, 80, 20, false), ex, "tab 6")
	d.Enter = func(*capture.Exchange) safe.Text { return safe.Text{} }
	err = errors.New("the body cannot be read")
	s.play("an error", s.pane(d, 80, 10, false), ex, "tab 6")
	err, result = nil, provider.Result{Signature: capture.Signature{Verdict: capture.Valid}, HasTime: true, At: noon.Add(-5 * time.Minute), Tol: 5 * time.Minute}
	for _, tol := range []time.Duration{0, 5 * time.Minute, 5*time.Minute - 1} {
		result.Tol = tol
		for _, w := range []int{40, 50, 90} {
			s.play(fmt.Sprint("allowed ", tol), s.pane(d, w, 12, false), ex, "tab 6")
		}
	}
	big := stripe()
	big.Request.Body = capture.NewBody(make([]byte, quickCheck+1))
	s.play("checked beside the screen", s.pane(d, 60, 12, false), big, "tab 6")
	p := s.pane(d, 60, 12, false)
	s.play("being checked", p, ex, "tab 6", func() { p.Show(big) })
	s.play("not signed", s.pane(d, 60, 10, false), &capture.Exchange{ID: 9}, "tab 6")
}

func lineScene(s *scene) {
	p := s.pane(Deps{}, 70, 8, false)
	for i, r := range []capture.Reply{
		{}, {Fault: "hang"}, {Status: 200, By: "default"}, {Status: 200, By: "forward"}, {Status: 200}, {Status: 200, By: "rule:r"}, {Status: 404, By: "hold"}, {Status: 500, By: "reply"}, {Status: 500, By: "me"},
	} {
		s.play(fmt.Sprintf("%d by %q", r.Status, r.By), p, &capture.Exchange{ID: capture.ID(30 + i), Reply: r})
	}
	s.play("pending", p, &capture.Exchange{ID: 40, Pending: []string{"http://a/", "http://b/"}})
	ex := attempted()
	for n := range len(ex.Attempts) + 1 {
		one := *ex
		one.ID, one.Attempts = capture.ID(50+n), ex.Attempts[:n]
		for _, w := range []int{40, 62, 80, 110, 160} {
			s.play("newest attempt", s.pane(Deps{}, w, 8, false), &one)
		}
	}
	zipped := stripe()
	zipped.Attempts = zipped.Attempts[:1]
	zipped.Attempts[0].Reply.Fields = fields("Content-Encoding: gzip")
	s.play("not readable", p, zipped)
}

func rawScene(s *scene) {
	p := s.pane(Deps{}, 60, 14, false)
	ex := stripe()
	ex.Request.Chunked, ex.Request.Trailers = true, fields("X-Sum: 1")
	s.play("of the fields", p, ex, "tab 7", "last")
	ex = stripe()
	ex.ID, ex.Request.Head = 3, []byte("POST / HTTP/1.1\r\nHost:  a\r\n\r\n")
	s.play("as it came", p, ex, "tab 7", "move 4", "last")
}

func responseScene(s *scene) {
	pane := func(d Deps, w, h int) *Pane {
		th, err := theme.New(theme.Options{})
		if err != nil {
			s.t.Fatal(err)
		}
		d.Now = func() time.Time { return noon }
		p := NewResponse(th, d)
		p.SetSize(w, h, false, false)
		return p
	}
	answered := func(p *Pane, ex *capture.Exchange) func() {
		return func() { s.Say("answered %v", p.Answered(ex)) }
	}
	ex := attempted()
	for n := range len(ex.Attempts) + 1 {
		one := *ex
		one.ID, one.Attempts = capture.ID(60+n), ex.Attempts[:n]
		for _, w := range []int{90, 30} {
			p := pane(Deps{}, w, 8)
			s.play("attempt", p, &one, answered(p, &one), "search", "'o", "enter", "tab 1", "move 1", "back", "leave")
		}
	}
	p := pane(Deps{}, 60, 6)
	s.play("nothing", p, nil, answered(p, nil))
	for i, r := range []capture.Reply{{}, {Fault: "hang", By: "rule:x"}, {Status: 200, By: "default", Took: time.Millisecond}} {
		ex := &capture.Exchange{ID: capture.ID(70 + i), Reply: r}
		s.play("reply", p, ex, answered(p, ex))
	}
	flying := []forward.InFlight{{ID: 60, To: mustURL(s.t, "http://localhost:3000/a"), Since: noon.Add(-1300 * time.Millisecond)}}
	p = pane(Deps{InFlight: func(capture.ID) []forward.InFlight { return flying }}, 60, 6)
	s.play("under way", p, ex, answered(p, ex), func() { s.Say("flying %v", p.ShowsInFlight()) }, "tick", func() { flying = nil }, "tick", func() { s.Say("flying %v", p.ShowsInFlight()) })
}
