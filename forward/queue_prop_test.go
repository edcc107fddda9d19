package forward

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/ring"
)

// switchedApp is a target that can be down, and responds with what it is told.
type switchedApp struct {
	path   string
	server *http.Server
	l      net.Listener

	mu     sync.Mutex
	status int
	got    []string // bodies, in order
}

// take returns what came since it was called last.
func (a *switchedApp) take() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	got := a.got
	a.got = nil
	return got
}

func (a *switchedApp) key() string { return "unix://" + a.path }

func (a *switchedApp) up(t interface{ Fatal(...any) }) {
	l, err := net.Listen("unix", a.path)
	if err != nil {
		t.Fatal(err)
	}
	a.server = &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		a.mu.Lock()
		defer a.mu.Unlock()
		a.got = append(a.got, string(b))
		w.Header().Set("Connection", "close")
		w.WriteHeader(a.status)
	})}
	a.l = l
	go a.server.Serve(l)
}

func (a *switchedApp) down() {
	if a.server != nil {
		a.l.Close() // and removes the socket
		a.server.Close()
		a.server = nil
	}
}

// tried is an exchange of the model.
type tried struct {
	id       capture.ID
	delivery int // 0: the sender gives no id
	pending  map[int]bool
	ok       map[int]bool // targets at which it succeeded
}

// queueModel says what is pending, and what a flush does with it.
type queueModel struct {
	all  []*tried
	apps []*switchedApp
}

func (m *queueModel) count(app int) int {
	n := 0
	for _, x := range m.all {
		if x.pending[app] {
			n++
		}
	}
	return n
}

func (m *queueModel) succeeded(x *tried, app int) bool {
	return slices.ContainsFunc(m.all, func(y *tried) bool {
		return y.ok[app] && (y == x || x.delivery != 0 && y.delivery == x.delivery)
	})
}

// flush returns what the target is sent, and what is said of it.
func (m *queueModel) flush(app int) (sent []string, f Flushed) {
	a := m.apps[app]
	for _, x := range m.all {
		switch {
		case !x.pending[app]:
		case f.Left > 0:
			f.Left++
		case m.succeeded(x, app):
			delete(x.pending, app)
			f.LeftOut++
		case a.server == nil:
			f.Left++
			f.Down = []string{a.key()}
		default:
			delete(x.pending, app)
			x.ok[app] = a.status < 400
			f.Sent++
			f.Results = count(f.Results, strconv.Itoa(a.status), 1)
			sent = append(sent, x.id.String())
		}
	}
	return sent, f
}

// Whatever arrives, is resent or deleted, and however the targets are: each flush
// sends what the model says, in order, and nothing twice.
func TestQueueAgainstAModel(t *testing.T) {
	dir := t.TempDir()
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := &queueModel{}
		var list []Target
		for i := range 2 {
			a := &switchedApp{path: filepath.Join(dir, fmt.Sprint(run, "-", i)), status: 200}
			u, err := ParseURL(a.key())
			if err != nil {
				t.Fatal(err)
			}
			m.apps, list = append(m.apps, a), append(list, Target{URL: u})
			defer a.down()
		}
		r, ts, s := ring.New(capture.Bounds{}), &Targets{}, &Sender{}
		defer s.Close()
		ts.Set(list)
		q := NewQueue(r, s, ts)
		app := rapid.IntRange(0, 1)
		some := func(t *rapid.T) *tried {
			if len(m.all) == 0 {
				t.Skip("nothing there")
			}
			return rapid.SampledFrom(m.all).Draw(t, "exchange")
		}
		t.Repeat(map[string]func(*rapid.T){
			"arrive": func(t *rapid.T) {
				x := &tried{id: r.Stats().Newest + 1, delivery: rapid.IntRange(0, 2).Draw(t, "delivery"), pending: map[int]bool{}, ok: map[int]bool{}}
				var keys []string
				for i := range 2 {
					if rapid.Bool().Draw(t, "pending") {
						x.pending[i] = true
						keys = append(keys, m.apps[i].key())
					}
				}
				ex := &capture.Exchange{Request: *post("/x", x.id.String()), Pending: keys}
				ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "Content-Length", Value: fmt.Sprint(len(x.id.String()))})
				if x.delivery > 0 {
					ex.Sender = capture.Sender{Provider: "stripe", Delivery: fmt.Sprint(x.delivery)}
				}
				kept, err := r.Submit(ex).Wait(t.Context())
				if err != nil || kept.ID != x.id {
					t.Fatal(kept, err)
				}
				m.all = append(m.all, x)
			},
			"resend": func(t *rapid.T) {
				x, i := some(t), app.Draw(t, "app")
				status := rapid.SampledFrom([]int{200, 399, 400, 500}).Draw(t, "status")
				x.ok[i] = x.ok[i] || status < 400
				r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: x.id, Attempt: capture.Attempt{
					To: m.apps[i].key() + ":/x", Reply: capture.Reply{Status: status}, Resend: true,
				}}})
			},
			"delete": func(t *rapid.T) {
				x := some(t)
				m.all = slices.DeleteFunc(m.all, func(y *tried) bool { return y == x })
				r.Record(capture.Op{Delete: []capture.ID{x.id}})
			},
			"switch": func(t *rapid.T) {
				a := m.apps[app.Draw(t, "app")]
				a.down()
				a.status = rapid.SampledFrom([]int{200, 500}).Draw(t, "status")
				if rapid.Bool().Draw(t, "up") {
					a.up(t)
				}
			},
			"flush": func(t *rapid.T) {
				key, which := "", []int{0, 1}
				if i := rapid.IntRange(0, 2).Draw(t, "key"); i < 2 {
					key, which = m.apps[i].key(), []int{i}
				}
				var want Flushed
				sent := map[int][]string{}
				for _, i := range which {
					m.apps[i].take()
					bodies, f := m.flush(i)
					sent[i] = bodies
					want.add(f)
				}
				if diff := cmp.Diff(want, q.Flush(t.Context(), key)); diff != "" {
					t.Fatal(diff)
				}
				for _, i := range which {
					if diff := cmp.Diff(sent[i], m.apps[i].take()); diff != "" {
						t.Fatalf("target %d: %s", i, diff)
					}
				}
			},
			"": func(t *rapid.T) {
				for i, a := range m.apps {
					if got := q.Count(a.key()); got != m.count(i) {
						t.Fatalf("target %d: %d pending, want %d", i, got, m.count(i))
					}
				}
				if got := q.Count(""); got != m.count(0)+m.count(1) {
					t.Fatalf("%d pending", got)
				}
			},
		})
	})
}
