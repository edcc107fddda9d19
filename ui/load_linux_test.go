package ui_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/vt"

	"creel/capture"
	"creel/capture/ring"
	"creel/ui"
)

const (
	loadRate   = 5000 // exchanges per second
	loadRound  = 2 * time.Second
	loadFeeds  = 2
	loadKept   = 10_000 // as many as the ring keeps
	loadKeyGap = 50 * time.Millisecond
)

// BenchmarkLoad runs the program on a terminal of 120x40 while 5,000 requests of
// 1 KB arrive per second and are answered, in a ring that is full from the start.
// A round takes 2 s, with the screen and without. Of the screen it reports
//
//	cores    what drawing takes of one core: the processor time of the process
//	         less that of the terminal and that of the same feed without a screen.
//	         It must be under 0.35.
//	key-ms   from a key to the moved selection on the terminal, at the median. It
//	         must be under 33.
//	lost     rows that the ring has and the screen has not, or the other way
//	         round. It must be 0.
//
// Following, each frame shows other rows and another request; with keys, the
// selection stays but for them. On a machine that does other work compare the
// figures of several rounds: -benchtime 5x.
func BenchmarkLoad(b *testing.B) {
	if testing.Short() {
		b.Skip("takes seconds")
	}
	b.Run("following", func(b *testing.B) { benchLoad(b, false) })
	b.Run("keys", func(b *testing.B) { benchLoad(b, true) })
}

func benchLoad(b *testing.B, keys bool) {
	var with, without time.Duration
	var answers []time.Duration
	lost := 0
	for range b.N {
		without += feedAlone(b)
		s := startLoad(b)
		with += s.round(keys)
		lost += s.lost()
		answers = append(answers, s.answers...)
		s.stop()
	}
	b.ReportMetric(0, "ns/op")
	span := (time.Duration(b.N) * loadRound).Seconds()
	b.ReportMetric(without.Seconds()/span, "feed-cores")
	b.ReportMetric((with-without).Seconds()/span, "cores")
	b.ReportMetric(float64(lost), "lost")
	if slices.Sort(answers); len(answers) > 0 {
		at := func(q int) float64 { return answers[(len(answers)-1)*q/100].Seconds() * 1000 }
		b.ReportMetric(at(50), "key-ms")
		b.ReportMetric(at(95), "key-p95-ms")
	}
}

// loaded is a full ring with a screen on it.
type loaded struct {
	b       *testing.B
	ring    *ring.Ring
	term    *meteredTerminal
	keys    io.Writer
	cancel  context.CancelFunc
	done    chan error
	answers []time.Duration
}

func fullRing(b *testing.B) *ring.Ring {
	ring := ring.New(capture.Bounds{Count: loadKept})
	for n := range loadKept {
		feedOne(b, ring, n)
	}
	runtime.GC()
	return ring
}

func feedAlone(b *testing.B) time.Duration {
	ring := fullRing(b)
	defer ring.Close()
	before := cpu(b, syscall.RUSAGE_SELF)
	feed(b, ring)
	return cpu(b, syscall.RUSAGE_SELF) - before
}

func startLoad(b *testing.B) *loaded {
	s := &loaded{b: b, ring: fullRing(b), term: newMeteredTerminal(b, 120, 40), done: make(chan error, 1)}
	in, keys := io.Pipe()
	s.keys = keys
	go func() { _, _ = io.Copy(keys, s.term.em) }()
	ctx, cancel := context.WithCancel(b.Context())
	s.cancel = cancel
	go func() {
		s.done <- ui.Run(ctx, ui.Deps{
			Ring: s.ring, Log: &ui.Log{}, In: in, Out: s.term, Width: 120, Height: 40,
			Environ: []string{"TERM=xterm-256color", "COLORTERM=truecolor"},
			Config:  ui.Config{URL: "http://127.0.0.1:4665"},
		})
	}()
	s.shows("10,000 kept")
	return s
}

// round feeds for a round and returns the processor time that it took without
// that of the terminal.
func (s *loaded) round(keys bool) time.Duration {
	process, terminal := cpu(s.b, syscall.RUSAGE_SELF), s.term.spent()
	var feeding sync.WaitGroup
	feeding.Go(func() { feed(s.b, s.ring) })
	if keys {
		s.press()
	}
	feeding.Wait()
	return cpu(s.b, syscall.RUSAGE_SELF) - process - (s.term.spent() - terminal)
}

// press moves the selection up and down for most of a round, in which what it
// began with is not let go.
func (s *loaded) press() {
	time.Sleep(loadRound / 10)
	s.typed("k")
	time.Sleep(100 * time.Millisecond) // follow has ended, the selection stays
	s.typed("k")
	time.Sleep(100 * time.Millisecond)
	low := s.term.selection()
	for end := time.Now().Add(loadRound * 7 / 10); time.Now().Before(end); time.Sleep(loadKeyGap) {
		key, want := "j", low+1
		if s.term.selection() == want {
			key, want = "k", low
		}
		moved := s.term.await(want)
		start := time.Now()
		s.typed(key)
		select {
		case at := <-moved:
			s.answers = append(s.answers, at.Sub(start))
		case <-time.After(5 * time.Second):
			s.b.Fatalf("%s does not select #%d:\n%s", key, want, s.term.text())
		}
	}
}

// lost compares what the screen shows, after all has arrived, with the ring. A
// filter that lets everything through has it count its rows.
func (s *loaded) lost() int {
	time.Sleep(200 * time.Millisecond)
	s.typed("G")
	stats := s.ring.Stats()
	s.shows(stats.Newest.String())
	s.typed("/method:post\r")
	arrived := loadKept + int(loadRate*loadRound/time.Second)
	return abs(s.rows(stats.Kept)-stats.Kept) + abs(arrived-int(stats.Evicted)-stats.Kept)
}

var counted = regexp.MustCompile(`([\d,]+) of [\d,]+`)

// rows is how many rows the screen counts, once it is as many as they should be,
// or does not get there.
func (s *loaded) rows(want int) int {
	rows := -1
	for end := time.Now().Add(5 * time.Second); rows != want && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if found := counted.FindStringSubmatch(s.term.text()); found != nil {
			rows, _ = strconv.Atoi(strings.ReplaceAll(found[1], ",", ""))
		}
	}
	return rows
}

func abs(n int) int { return max(n, -n) }

func (s *loaded) typed(keys string) {
	if _, err := io.WriteString(s.keys, keys); err != nil {
		s.b.Fatal(err)
	}
}

func (s *loaded) shows(text string) {
	for range 1000 {
		if strings.Contains(s.term.text(), text) {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	s.b.Fatalf("%q does not appear on\n%s", text, s.term.text())
}

func (s *loaded) stop() {
	s.cancel()
	<-s.done
	s.term.close()
	if err := s.ring.Close(); err != nil {
		s.b.Error(err)
	}
}

// feed submits and answers exchanges for a round, as fast as they are due.
func feed(b *testing.B, ring *ring.Ring) {
	var all sync.WaitGroup
	start := time.Now()
	for f := range loadFeeds {
		all.Go(func() {
			total := int(loadRate / loadFeeds * loadRound / time.Second)
			for n := 0; n < total; time.Sleep(2 * time.Millisecond) {
				for due := int(time.Since(start).Seconds() * loadRate / loadFeeds); n < min(due, total); n++ {
					feedOne(b, ring, loadKept+n*loadFeeds+f)
				}
			}
		})
	}
	all.Wait()
	if late := time.Since(start) - loadRound; late > loadRound/4 {
		b.Logf("the feed took %v too long: the machine is too busy to measure", late)
	}
}

func feedOne(b *testing.B, ring *ring.Ring, n int) {
	body := fmt.Appendf(nil, `{"id":"evt_%d","object":"event","data":{"amount":%d,"lines":[`, n, n*100)
	for len(body) < 1000 {
		body = append(body, `{"id":"li_1","quantity":1,"price":{"currency":"eur","unit":1250}},`...)
	}
	body = append(body, `null]}}`...)
	ex, err := ring.Submit(&capture.Exchange{
		At: time.Now(), State: capture.StateWaiting,
		Request: capture.Request{
			Method: "POST", Target: "/hooks/stripe?n=1", Host: "127.0.0.1:4665", Proto: "HTTP/1.1", Size: int64(len(body)),
			Fields: []capture.Field{{Name: "Content-Type", Value: "application/json"}},
			Body:   capture.NewBody(body),
		},
		Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: fmt.Sprint("evt_", n), Try: 1},
	}).Wait(b.Context())
	if err != nil {
		b.Error(err)
		return
	}
	ring.Record(capture.Op{Reply: &capture.ReplySet{
		ID: ex.ID, State: capture.StateAnswered,
		Reply: capture.Reply{Status: 200, By: "default", Took: 300 * time.Microsecond},
	}})
}

// meteredTerminal is an emulator that runs in a thread of its own, so that what
// it takes can be told from what the program takes.
type meteredTerminal struct {
	b     *testing.B
	em    *vt.Emulator
	todo  chan func()
	ended chan struct{}

	want  capture.ID // in the thread
	moved chan time.Time
}

func newMeteredTerminal(b *testing.B, w, h int) *meteredTerminal {
	t := &meteredTerminal{b: b, em: vt.NewEmulator(w, h), todo: make(chan func(), 1000), ended: make(chan struct{})}
	go func() {
		runtime.LockOSThread() // and let it end with the goroutine
		defer close(t.ended)
		for f := range t.todo {
			f()
		}
	}()
	return t
}

// Write implements io.Writer. See [terminal.Write] for the line feeds.
func (t *meteredTerminal) Write(p []byte) (int, error) {
	out := bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n"))
	t.todo <- func() {
		if _, err := t.em.Write(out); err != nil {
			t.b.Error(err)
		}
		if t.moved != nil && t.selected() == t.want {
			t.moved <- time.Now()
			t.moved = nil
		}
	}
	return len(p), nil
}

// ask has something done between two writes.
func ask[T any](t *meteredTerminal, f func() T) T {
	answer := make(chan T, 1)
	t.todo <- func() { answer <- f() }
	return <-answer
}

// await returns a channel that gets the time at which that row is selected.
func (t *meteredTerminal) await(id capture.ID) <-chan time.Time {
	moved := make(chan time.Time, 1)
	return ask(t, func() <-chan time.Time {
		t.want, t.moved = id, moved
		return moved
	})
}

func (t *meteredTerminal) text() string { return ask(t, t.em.String) }

func (t *meteredTerminal) selection() capture.ID { return ask(t, t.selected) }

func (t *meteredTerminal) spent() time.Duration {
	return ask(t, func() time.Duration { return cpu(t.b, syscall.RUSAGE_THREAD) })
}

// selected is the number in the row that has the bar beside it.
func (t *meteredTerminal) selected() capture.ID {
	for y := range t.em.Height() {
		if c := t.em.CellAt(0, y); c == nil || c.Content != "▌" {
			continue
		}
		id := capture.ID(0)
		for x := 1; x < 14; x++ {
			if c := t.em.CellAt(x, y); c != nil && len(c.Content) == 1 && c.Content[0] >= '0' && c.Content[0] <= '9' {
				id = id*10 + capture.ID(c.Content[0]-'0')
			} else if id > 0 {
				return id
			}
		}
	}
	return 0
}

// close is for after the program's end.
func (t *meteredTerminal) close() {
	close(t.todo)
	<-t.ended
	_ = t.em.Close()
}

// cpu is the processor time that the process or thread has taken.
func cpu(b *testing.B, who int) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(who, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
