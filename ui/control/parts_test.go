package control

import (
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/reply"
	"creel/capture/sqlite"
	"creel/forward"
)

const twoRules = "[[rule]]\nname = 'one'\nmatch = 'path:/1'\nreply = { status = 501 }\n\n[[rule]]\nname = 'two'\nmatch = 'path:/2'\nreply = { status = 502 }\n"

// What is done to the rules here is done to those there, and nothing to none.
func TestRulesAreThoseThere(t *testing.T) {
	p := open(t)
	there := p.engine.Replies.Rules
	names := func() string {
		var out []string
		for _, r := range there.List() {
			name := r.Name
			if !r.Enabled {
				name += " off"
			}
			out = append(out, name)
		}
		return strings.Join(out, ", ")
	}
	parts := strings.SplitAfter(twoRules, "\n\n")
	for _, step := range []struct {
		what, want string
		do         func() error
	}{
		{"add", "two", func() error { return p.Rules.Add(parts[1]) }},
		{"add another", "one, two", func() error { return p.Rules.Add(parts[0]) }},
		{"disable", "one, two off", func() error { return p.Rules.Enable(1, false) }},
		{"enable", "one, two", func() error { return p.Rules.Enable(1, true) }},
		{"move", "two, one", func() error { return p.Rules.Move(1, 0) }},
		{"replace", "three, one", func() error {
			was := there.List()[0].Text
			return p.Rules.Replace(0, was, strings.ReplaceAll(was, "two", "three"))
		}},
		{"remove", "one", func() error { return p.Rules.Remove(0) }},
		{"restore", "three, one", func() error {
			name, err := p.Rules.Restore()
			if name != "three" {
				t.Errorf("%q was put back", name)
			}
			return err
		}},
	} {
		if err := step.do(); err != nil || names() != step.want {
			t.Errorf("%s: %s %v, want %s", step.what, names(), err, step.want)
		}
		p.until(t, step.what, func() bool { return len(p.Rules.List()) == len(there.List()) })
	}
	if err := p.Rules.Check(twoRules); err != nil {
		t.Error(err)
	}
	for what, err := range map[string]error{
		"enable -1": p.Rules.Enable(-1, true), "enable 2": p.Rules.Enable(2, true), "remove": p.Rules.Remove(2),
		"replace": p.Rules.Replace(0, "other text", parts[0]), "add": p.Rules.Add("[[rule]]\n"), "save": p.Rules.Save(),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if names() != "three, one" || p.Rules.File() != "" || p.Rules.Err() != nil {
		t.Errorf("%s, file %q, %v", names(), p.Rules.File(), p.Rules.Err())
	}
}

// What is changed and changed back within a frame is heard as it is in the end.
func TestChangedBackAtOnce(t *testing.T) {
	p := open(t)
	if err := p.Rules.Add(twoRules); err != nil {
		t.Fatal(err)
	}
	heard := func() bool { return len(p.Rules.List()) == 2 }
	p.until(t, "two rules", heard)
	for range 20 {
		p.engine.Ring.Notify() // a frame begins
		if err := p.Rules.Remove(0); err != nil {
			t.Fatal(err)
		}
		if _, err := p.engine.Replies.Rules.Restore(); err != nil {
			t.Fatal(err)
		}
		p.engine.Ring.Notify()
		p.until(t, "the rule that was put back", heard)
	}
}

// Without following, a client reads and changes the history there.
func TestHistoryOfAnother(t *testing.T) {
	p := open(t)
	for _, path := range []string{"/1", "/2", "/3"} {
		p.post(t, path, path)
	}
	h := agentOf(t, p).History
	read := func(q sqlite.Query) (paths string) {
		t.Helper()
		for ex, err := range h.Select(t.Context(), q) {
			if err != nil {
				t.Fatal(err)
			}
			b, err := ex.Request.Body.Bytes(t.Context())
			if err != nil || string(b) != ex.Request.Target {
				t.Errorf("body %q %v", b, err)
			}
			paths += ex.Request.Target
		}
		return paths
	}
	if got := read(sqlite.Query{}); got != "/1/2/3" {
		t.Error(got)
	}
	if got := read(sqlite.Query{NewestFirst: true}); got != "/3/2/1" {
		t.Error(got)
	}
	for ex := range h.Select(t.Context(), sqlite.Query{}) {
		if ex.ID != 1 {
			t.Error("it goes on after it was left")
		}
		break
	}
	if ex, err := h.Get(t.Context(), 2); err != nil || ex.Request.Target != "/2" {
		t.Errorf("%v %v", ex, err)
	}
	receipt, err := h.Commit(t.Context(), capture.Op{Attempt: &capture.AttemptAdd{ID: 2, Attempt: capture.Attempt{To: "http://a/", Method: "POST"}}})
	if err != nil || receipt.Kept[0].Attempt.Attempt.N != 1 {
		t.Errorf("%+v %v", receipt, err)
	}
	if ex, _ := p.engine.Ring.Get(2); len(ex.Attempts) != 1 || ex.Attempts[0].To != "http://a/" {
		t.Errorf("%+v", ex.Attempts)
	}
	yes := true
	if _, err := h.Commit(t.Context(), capture.Op{Meta: &capture.Meta{ID: 3, Pinned: &yes}}); err != nil {
		t.Error(err)
	}
	if ex, _ := p.engine.Ring.Get(3); !ex.Pinned {
		t.Error("#3 is not pinned there")
	}
	if err := h.Delete(t.Context(), []capture.ID{2}); err != nil {
		t.Error(err)
	}
	if ids, err := h.IDs(t.Context()); err != nil || !cmp.Equal(ids, []capture.ID{1, 3}) {
		t.Errorf("%v %v", ids, err)
	}
	for _, id := range []capture.ID{2, 99} {
		if _, err := h.Get(t.Context(), id); !errors.Is(err, capture.ErrEvicted) {
			t.Errorf("%v: %v", id, err)
		}
	}
	if owner, ok, err := h.Owner(t.Context()); err != nil || !ok || owner.PID == 0 || owner.URL != p.engine.URL {
		t.Errorf("%+v %v %v", owner, ok, err)
	}
}

// A target is added once, switched and removed by what it is called.
func TestChangeTargets(t *testing.T) {
	p := open(t)
	c := agentOf(t, p)
	for _, step := range []struct {
		change     TargetChange
		spec, want string
		fails      string
	}{
		{TargetAdd, "3000", "http://localhost:3000", ""},
		{TargetAdd, "/a=4000", "http://localhost:3000, /a=http://localhost:4000", ""},
		{TargetAdd, "3000", "http://localhost:3000, /a=http://localhost:4000", "is a target already"},
		{TargetAdd, p.engine.URL, "http://localhost:3000, /a=http://localhost:4000", "creel"},
		{TargetOff, "3000", "http://localhost:3000 off, /a=http://localhost:4000", ""},
		{TargetAdd, "3000", "http://localhost:3000 off, /a=http://localhost:4000", "that is off"},
		{TargetOn, "3000", "http://localhost:3000, /a=http://localhost:4000", ""},
		{TargetOn, "5000", "http://localhost:3000, /a=http://localhost:4000", "no target 5000"},
		{TargetRemove, "5000", "http://localhost:3000, /a=http://localhost:4000", "no target 5000"},
		{TargetAdd, "a b", "http://localhost:3000, /a=http://localhost:4000", "a b"},
		{TargetRemove, "3000", "/a=http://localhost:4000", ""},
	} {
		err := c.ChangeTarget(t.Context(), step.change, step.spec)
		if (err == nil) != (step.fails == "") || err != nil && !strings.Contains(err.Error(), step.fails) {
			t.Errorf("%v %s: %v, want %q", step.change, step.spec, err, step.fails)
		}
		var got []string
		for _, s := range p.engine.Targets.List() {
			text := s.Spec()
			if s.Disabled {
				text += " off"
			}
			got = append(got, text)
		}
		if text := strings.Join(got, ", "); text != step.want {
			t.Errorf("%v %s: %s, want %s", step.change, step.spec, text, step.want)
		}
	}
}

// A target that is added is as those of the configuration are by default.
func TestAddedTargetsHaveTheDefaults(t *testing.T) {
	p := open(t)
	p.engine.Targets.Defaults = forward.Defaults{KeepHost: true, Ordered: true}
	if err := p.ChangeTarget(t.Context(), TargetAdd, "3000"); err != nil {
		t.Fatal(err)
	}
	if list := p.engine.Targets.List(); len(list) != 1 || !list[0].Ordered || list[0].Host != forward.KeepHost {
		t.Errorf("%+v", list)
	}
}

// Whether a signature can be renewed is asked there, where the secrets are.
func TestCheckIsMadeThere(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "{}")
	ex := p.engine.Ring.Snapshot()[0]
	to, err := forward.ParseTarget("3000")
	if err != nil {
		t.Fatal(err)
	}
	x := forward.Resend{Exchange: ex, To: to, Sign: forward.SignNever}
	if err := p.History.Check(t.Context(), x); err != nil {
		t.Error(err)
	}
	x.Sign = forward.SignAlways
	there := p.engine.Resender.Check(t.Context(), x)
	if err := p.History.Check(t.Context(), x); err == nil || there == nil || err.Error() != there.Error() {
		t.Errorf("here %v, there %v", err, there)
	}
}

// Holds that are ended by id, as the oldest, and all at once: each sender gets what
// was decided, and who comes late hears how it was.
func TestDecide(t *testing.T) {
	p := open(t)
	c := agentOf(t, p)
	if id, err := c.Decide(t.Context(), 0, reply.Decision{}); err == nil || err.Error() != "no request is held" {
		t.Errorf("%v %v", id, err)
	}
	if n, err := c.ReleaseAll(t.Context()); n != 0 || err != nil {
		t.Errorf("%d %v of none", n, err)
	}
	if err := c.SetHold(t.Context(), "path:/held", true); err != nil {
		t.Fatal(err)
	}
	if err := c.SetHold(t.Context(), "nonsense:", true); err == nil {
		t.Error("a wrong filter holds something")
	}
	p.until(t, "the gate", func() bool { _, on := p.Gate.Filter(); return on })
	got := make(chan int, 4)
	for n := 1; n <= 4; n++ {
		go func() {
			resp, err := http.Post(p.engine.URL+"/held", "text/plain", strings.NewReader("x"))
			if err != nil {
				t.Error(err)
				got <- 0
				return
			}
			resp.Body.Close()
			got <- resp.StatusCode
		}()
		p.until(t, "the held request", func() bool { return len(p.Gate.Held()) == n })
	}
	if !p.Gate.Pause(2) || p.Gate.Pause(9) {
		t.Error("which of them are held?")
	}
	p.until(t, "the pause", func() bool { h := p.Gate.Held(); return h[1].Paused && !h[0].Paused })
	if !p.Gate.Resume(2) || p.Gate.Resume(9) {
		t.Error("which of them are held?")
	}
	p.until(t, "its end", func() bool { return !p.Gate.Held()[1].Paused })
	if err := c.Look(t.Context()); err != nil || !cmp.Equal(c.HeldIDs(), []capture.ID{1, 2, 3, 4}) {
		t.Errorf("%v %v", c.HeldIDs(), err)
	}
	answer := func(status int) reply.Decision {
		return reply.Decision{Way: reply.WayReply, Reply: reply.Spec{Statuses: []int{status}}}
	}
	if id, err := c.Decide(t.Context(), 3, answer(403)); id != 3 || err != nil || <-got != 403 {
		t.Errorf("%v %v", id, err)
	}
	if id, err := c.Decide(t.Context(), 0, answer(401)); id != 1 || err != nil || <-got != 401 {
		t.Errorf("the oldest: %v %v", id, err)
	}
	for _, id := range []capture.ID{3, 99} {
		want := map[capture.ID]string{3: "#3 is not held any more: replied to by agent", 99: "#99 is not held"}[id]
		if _, err := c.Decide(t.Context(), id, answer(500)); err == nil || !strings.HasPrefix(err.Error(), want) || id == 99 && err.Error() != want {
			t.Errorf("%v: %v, want %s", id, err, want)
		}
	}
	p.until(t, "what ended", func() bool { return len(p.Gate.Held()) == 2 && len(p.Gate.Ended()) == 2 })
	if got := p.Gate.Held(); len(got) != 2 {
		t.Fatalf("%d are held", len(got))
	}
	if n := p.Gate.ReleaseAll(reply.Decision{}); n != 2 || <-got != 200 || <-got != 200 {
		t.Errorf("%d released", n)
	}
	for _, want := range []string{"#3 was replied to with 403 by agent", "#1 was replied to with 401 by agent"} {
		p.until(t, want, func() bool { return p.heardNotice(want) })
	}
}

// The URL, the reply and what is pending are those there.
func TestFactsOfAnother(t *testing.T) {
	p := open(t)
	c := agentOf(t, p)
	if words, err := c.SetReply(t.Context(), "418 {}"); err != nil || !strings.HasPrefix(words, "418") {
		t.Errorf("%q %v", words, err)
	}
	if _, err := c.SetReply(t.Context(), "@none"); err == nil {
		t.Error("a preset that there is not")
	}
	if n, err := p.Providers.SetPublicURL(t.Context(), "https://hooks.example"); n != 0 || err != nil {
		t.Errorf("%d %v", n, err)
	}
	if _, err := p.Providers.SetPublicURL(t.Context(), "nope"); err == nil {
		t.Error("that is no URL")
	}
	p.until(t, "the URL", func() bool { return p.Providers.PublicURL() == "https://hooks.example" })
	if p.Providers.HasSecret("stripe") || p.Queue.Count("") != 0 || p.Queue.Count("nothing") != 0 || c.heardFacts().Async {
		t.Error("there is what there is not")
	}
	if spec := p.Standing.Spec(); spec.Status(0) != 418 {
		t.Errorf("%+v", spec)
	}
	if _, err := p.Resender.Resend(t.Context(), forward.Resend{Exchange: &capture.Exchange{ID: 7}}); err == nil {
		t.Error("what is not there was sent")
	}
	if err := c.ReloadRules(t.Context()); err == nil {
		t.Error("there is no file to read again")
	}
}

// What a provider cannot do there is an error here.
func TestErrorsOfProvidersThere(t *testing.T) {
	p := open(t)
	for what, err := range map[string]error{
		"a sample of no provider": func() error {
			_, err := p.Providers.Sample(t.Context(), "nosuch", provider.SampleOptions{})
			return err
		}(),
		"a secret of no provider": func() error {
			_, err := p.Providers.AddSecret(t.Context(), provider.Secret{Provider: "nosuch", Value: "x"})
			return err
		}(),
		"a secret that cannot be read": func() error {
			_, err := p.Providers.AddSecret(t.Context(), provider.Secret{Provider: "discord", Value: "no hex"})
			return err
		}(),
		"a check of no request": func() error {
			_, err := p.Providers.Check(t.Context(), &capture.Exchange{ID: 9}, provider.Options{})
			return err
		}(),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
	if e := p.Providers.Edited(t.Context(), &capture.Exchange{ID: 9}, &capture.Request{}, time.Time{}); !strings.HasPrefix(e.Text, "not known: ") {
		t.Errorf("an edit of no request: %q", e.Text)
	}
}

// The status says where the history is from anywhere, and which targets are on.
func TestStatusThere(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	on, off := mustTarget(t, "http://127.0.0.1:1"), mustTarget(t, "http://127.0.0.1:2")
	off.Disabled = true
	for history, want := range map[string]string{"": "", "h.db": filepath.Join(dir, "h.db")} {
		p := openWith(t, history)
		p.engine.Targets.Set([]forward.Target{on, off})
		s := p.server.status()
		if s.History != want || len(s.Targets) != 1 || s.Targets[0] != on.Spec() {
			t.Errorf("%q: history %q, targets %q", history, s.History, s.Targets)
		}
	}
}

// What was set is shown until it is done there, whatever is told meanwhile.
func TestTargetsThatAreBeingSet(t *testing.T) {
	p := open(t)
	c := p.Client
	c.mu.Lock()
	c.orders = []order{{name: "targets", in: []forward.Target{}}} // one is under way
	c.mu.Unlock()
	c.Targets.Set([]forward.Target{mustTarget(t, "3000")})
	c.mu.Lock()
	c.facts = facts{} // told from before
	c.mu.Unlock()
	if n := len(c.Targets.List()); n != 1 {
		t.Errorf("%d targets before it is done", n)
	}
	c.doOrders()
	if list := c.Targets.List(); len(list) != 1 || c.set != nil {
		t.Errorf("%v after it, of which %v is not heard", list, c.set)
	}
}

// The standing reply is not used while a target has the response: one for all paths that
// is on, for which senders wait.
func TestReplyThatIsNotUsed(t *testing.T) {
	var now facts
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/facts", func(w http.ResponseWriter, _ *http.Request) { respond(w, now, nil) })
	c := clientOf(t, mux)
	target := func(spec string, off bool) forward.Status {
		to, err := forward.ParseTarget(spec)
		if err != nil {
			t.Fatal(err)
		}
		to.Disabled = off
		return forward.Status{Target: to}
	}
	for _, tt := range []struct {
		targets []forward.Status
		async   bool
		want    string
	}{
		{},
		{targets: []forward.Status{target("3000", false), target("4000", false)}, want: ":3000"},
		{targets: []forward.Status{target("3000", true), target("/a=5000", false), target("4000", false)}, want: ":4000"},
		{targets: []forward.Status{target("3000", true), target("/a=5000", false)}},
		{targets: []forward.Status{target("3000", false)}, async: true},
	} {
		now.Targets, now.Async = tt.targets, tt.async
		now.Seq++
		if err := c.Look(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := c.ReplyUnusedWhile(); got != tt.want {
			t.Errorf("%+v: %q, want %q", tt, got, tt.want)
		}
	}
}
