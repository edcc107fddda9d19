package control

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/reply"
	"creel/capture/ring"
	"creel/forward"
	"creel/ui/engine"
)

// A stream tells the facts again only when they are others.
func TestFactsAreToldOnce(t *testing.T) {
	p := open(t)
	resp, err := agentOf(t, p).get(t.Context(), "changes?after=now")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	// heard reads up to a line, and counts the facts among those read.
	heard := func(want func(line) bool) (facts int) {
		t.Helper()
		for lines.Scan() {
			var l line
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			if l.Facts != nil {
				facts++
			}
			if want(l) {
				return facts
			}
		}
		t.Fatal(lines.Err())
		return 0
	}
	heard(func(l line) bool { return l.Facts != nil })
	for i := range 3 {
		text := fmt.Sprint("notice ", i)
		p.server.notify(line{Notice: text})
		if n := heard(func(l line) bool { return l.Notice == text }); n != 0 {
			t.Errorf("before %s the facts were sent %d times more", text, n)
		}
	}
	if err := p.engine.Replies.Standing.Set(reply.Spec{Statuses: []int{503}}); err != nil {
		t.Fatal(err)
	}
	p.server.notify(line{Notice: "last"})
	if n := heard(func(l line) bool { return l.Notice == "last" }); n != 1 {
		t.Errorf("changed once, the facts were sent %d times", n)
	}
}

// One that follows from now on hears nothing of what was there before.
func TestFollowNew(t *testing.T) {
	p := open(t)
	p.post(t, "/before", "1")
	agent := agentOf(t, p)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); agent.FollowNew(ctx) }()
	defer func() { cancel(); <-ended }()
	<-agent.Ready()
	watch := agent.mirror.Watch(ctx)
	p.post(t, "/after", "2")
	for len(agent.Ring.Snapshot()) == 0 {
		<-watch
	}
	if all := agent.Ring.Snapshot(); len(all) != 1 || all[0].Request.Target != "/after" {
		t.Errorf("it has %d, the first one %s", len(all), all[0].Request.Target)
	}
}

// A notice names the one request that was changed, and counts several, each kind in
// a line of its own.
func TestWordsOfWhatWasDone(t *testing.T) {
	yes, no, note, url := true, false, "n", []string{}
	meta := func(id capture.ID, pinned *bool, note *string) capture.Meta {
		return capture.Meta{ID: id, Pinned: pinned, Note: note}
	}
	for _, c := range []struct {
		in   applyRequest
		want []string
	}{
		{applyRequest{}, nil},
		{applyRequest{Meta: []capture.Meta{{ID: 1, Pending: &url}}}, nil},
		{applyRequest{Meta: []capture.Meta{meta(1, &yes, nil)}}, []string{"#1 was pinned"}},
		{applyRequest{Meta: []capture.Meta{meta(2, &no, nil), meta(3, nil, &note)}}, []string{"#2 was unpinned", "#3 was given a note"}},
		{applyRequest{Meta: []capture.Meta{meta(1, &yes, nil), meta(2, &yes, nil), meta(3, &no, nil)}}, []string{"2 were pinned", "#3 was unpinned"}},
		{applyRequest{Delete: []capture.ID{4}}, []string{"#4 was deleted"}},
		{applyRequest{Delete: []capture.ID{4, 5}, Restore: []capture.ID{6, 7, 8}}, []string{"2 were deleted", "3 were put back"}},
		{applyRequest{Restore: []capture.ID{9}}, []string{"#9 was put back"}},
	} {
		if got := c.in.words(); !slices.Equal(got, c.want) {
			t.Errorf("%+v: got %q, want %q", c.in, got, c.want)
		}
	}
}

// What is pending is counted for each target, as was heard last.
func TestPendingThere(t *testing.T) {
	a, b := mustTarget(t, "http://a.test/"), mustTarget(t, "http://b.test/")
	q := remoteQueue{&Client{facts: facts{Pending: 4, Targets: []forward.Status{{Target: a, Pending: 1}, {Target: b, Pending: 3}}}}}
	for key, want := range map[string]int{"": 4, a.Key(): 1, b.Key(): 3, "http://c.test/": 0} {
		if got := q.Count(key); got != want {
			t.Errorf("%q: %d, want %d", key, got, want)
		}
	}
}

// The server forgets a stream when its client has left.
func TestStreamsEnd(t *testing.T) {
	p := open(t)
	streams := func() int {
		p.server.mu.Lock()
		defer p.server.mu.Unlock()
		return len(p.server.streams)
	}
	before := streams()
	resp, err := agentOf(t, p).get(t.Context(), "changes?after=now")
	if err != nil {
		t.Fatal(err)
	}
	if n := streams(); n != before+1 {
		t.Errorf("%d streams, %d before", n, before)
	}
	resp.Body.Close()
	for deadline := time.Now().Add(20 * time.Second); streams() > before; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d streams are left of %d", streams(), before)
		}
	}
}

// What came just before the end, while a stream pauses, is still heard.
func TestStreamsEndWithAllThatHappened(t *testing.T) {
	p := open(t)
	const n = 40 // makes for a longer pause
	for range n {
		p.post(t, "/", "")
	}
	if err := p.engine.Close(); err != nil {
		t.Fatal(err)
	}
	p.server.Close()
	p.until(t, "the last one", func() bool { return p.Ring.Stats().Newest == n })
}

// Who ends another creel waits until that has ended; one that belongs to a terminal
// goes on.
func TestStopWaits(t *testing.T) {
	p := open(t)
	if err := p.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), "belongs to a terminal") {
		t.Errorf("of a terminal: %v", err)
	}
	var ended atomic.Bool
	p.server.Stop = func() {
		go func() { // what takes its time
			for range 100 {
				if _, err := get[Status](context.Background(), p.Client, "status"); err != nil {
					t.Error(err)
				}
			}
			ended.Store(true)
			p.server.Close()
		}()
	}
	if err := p.Stop(t.Context()); err != nil || !ended.Load() {
		t.Errorf("ended %v, %v", ended.Load(), err)
	}
}

// What is wrong with the history and the rules there is an error here.
func TestProblemsThere(t *testing.T) {
	c := &Client{mirror: ring.NewMirror(), facts: facts{Stats: stats{Problem: "disk full"}, RulesErr: "line 3: unknown key"}}
	c.parts = partsOf(c)
	if err := c.Ring.Stats().Err; err == nil || err.Error() != "disk full" {
		t.Errorf("of the history: %v", err)
	}
	if err := c.Rules.Err(); err == nil || err.Error() != "line 3: unknown key" {
		t.Errorf("of the rules: %v", err)
	}
	c.facts = facts{}
	if err := errors.Join(c.Ring.Stats().Err, c.Rules.Err()); err != nil {
		t.Error(err)
	}
}

// fullDisk is a journal that takes no exchange.
type fullDisk struct{ noBodies }

func (d fullDisk) Commit(_ context.Context, ops ...capture.Op) (capture.Receipt, error) {
	for _, op := range ops {
		if op.Add != nil {
			return capture.Receipt{}, d.err
		}
	}
	return capture.Receipt{Kept: ops}, nil
}

func (fullDisk) Changes(context.Context, capture.Rev) iter.Seq2[capture.Change, error] {
	return func(func(capture.Change, error) bool) {}
}
func (fullDisk) Watch(context.Context) <-chan struct{} { return nil }
func (fullDisk) Close() error                          { return nil }

// What fails there is told here in its words, and as long as it does.
func TestProblemsAreTold(t *testing.T) {
	r, err := ring.Open(t.Context(), capture.Bounds{}, fullDisk{noBodies{errors.New("the disk is full")}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	_, _ = r.Submit(&capture.Exchange{}).Wait(t.Context())
	e := openEngine(t, "")
	defer e.Close()
	file := filepath.Join(t.TempDir(), "rules.toml")
	chain := *e.Replies
	chain.Rules = reply.NewRules(reply.Source{File: file}, nil)
	s := &Server{Engine: &engine.Engine{
		Ring: r, Providers: e.Providers, Sender: e.Sender, Targets: e.Targets, Queue: e.Queue, Replies: &chain, Tunnels: e.Tunnels,
	}}
	for _, text := range []string{"[[rule]]\n", "[[rule]]\nhold = true\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		want := chain.Rules.Load()
		told, err := json.Marshal(s.facts())
		c := &Client{mirror: ring.NewMirror()}
		c.parts = partsOf(c)
		if err := errors.Join(err, json.Unmarshal(told, &c.facts)); err != nil {
			t.Fatal(err)
		}
		if got := c.Rules.Err(); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
		if got := c.Ring.Stats().Err; got == nil || !strings.Contains(got.Error(), "the disk is full") {
			t.Errorf("of the history: %v", got)
		}
	}
}

// Facts that were overtaken by newer ones are not taken over; those of another process
// count anew.
func TestFactsThatWereOvertaken(t *testing.T) {
	c := &Client{}
	c.begin("one")
	for _, tt := range []struct {
		seq     uint64
		pending int
		want    int
	}{{5, 1, 1}, {4, 2, 1}, {5, 3, 3}, {6, 4, 4}} {
		if c.hearFacts(facts{Seq: tt.seq, Pending: tt.pending}); c.heardFacts().Pending != tt.want {
			t.Errorf("number %d: %d pending, want %d", tt.seq, c.heardFacts().Pending, tt.want)
		}
	}
	c.begin("one")
	if c.hearFacts(facts{Seq: 1}); c.heardFacts().Pending != 4 {
		t.Error("the same process: older facts were taken over")
	}
	c.begin("two")
	if c.hearFacts(facts{Seq: 1}); c.heardFacts().Pending != 0 {
		t.Error("another process: its facts were not taken over")
	}
}

func mustTarget(t *testing.T, text string) forward.Target {
	t.Helper()
	target, err := forward.ParseTarget(text)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// After a look that brought many exchanges, a screen is told of the next a tenth of a
// second later.
func TestScreensAreToldLessOftenInARush(t *testing.T) {
	p := open(t)
	for n := range 21 {
		p.post(t, "/hook", fmt.Sprint(n))
	}
	began := time.Now()
	resp := changesOf(t, p)
	var r reader
	r.read(t, resp, 21)
	p.post(t, "/hook", "one more")
	r.read(t, resp, 1)
	if took := time.Since(began); took < 100*time.Millisecond {
		t.Errorf("told again after %v", took)
	}
}

// What is pending is named by target, also one that is in no list.
func TestPendingNamesItsTarget(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "")
	p.engine.Ring.Record(capture.Op{Meta: &capture.Meta{ID: 1, Pending: &[]string{"http://localhost:3969"}}})
	p.until(t, "the target", func() bool { return p.Queue.Counts()["http://localhost:3969"] == 1 })
}
