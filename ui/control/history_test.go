package control

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/sqlite"
)

// noBodies has bodies that cannot be read.
type noBodies struct{ err error }

func (b noBodies) Body(context.Context, capture.BodyRef) ([]byte, error) { return nil, b.err }

// keep puts a request into the ring whose body cannot be read.
func (p *pair) keep(t *testing.T, bodies noBodies) {
	t.Helper()
	_, failed := p.engine.Ring.Submit(&capture.Exchange{Request: capture.Request{
		Method: "POST", Target: "/stored", Body: capture.StoredBody(bodies, 1, 10),
	}}).Wait(t.Context())
	if failed != nil {
		t.Fatal(failed)
	}
}

func (p *pair) all(t *testing.T, q sqlite.Query) (ids []capture.ID, err error) {
	t.Helper()
	for ex, err := range p.History.Select(t.Context(), q) {
		if err != nil {
			return ids, err
		}
		ids = append(ids, ex.ID)
	}
	return ids, nil
}

// What is evicted while a list is written is left out.
func TestAListLeavesOutWhatIsEvicted(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "x")
	p.keep(t, noBodies{capture.ErrEvicted})
	p.post(t, "/3", "x")
	if ids, err := p.all(t, sqlite.Query{}); err != nil || len(ids) != 2 || ids[0] != 1 || ids[1] != 3 {
		t.Errorf("%v %v", ids, err)
	}
	if ids, err := p.all(t, sqlite.Query{NewestFirst: true}); err != nil || len(ids) != 2 || ids[0] != 3 || ids[1] != 1 {
		t.Errorf("newest first: %v %v", ids, err)
	}
	p.until(t, "what can be read", func() bool { return len(p.Ring.Snapshot()) == 2 })
}

// A body that is read when it is wanted is that of its own request or attempt.
func TestBodiesAreTheirOwn(t *testing.T) {
	p := open(t)
	large := func(what string) capture.Body {
		return capture.NewBody([]byte(what + strings.Repeat("x", inlineBody)))
	}
	for _, id := range []capture.ID{1, 10, 11, 1<<33 + 5} {
		ex := &capture.Exchange{ID: id, State: capture.StateAnswered, Signature: capture.Signature{Verdict: capture.Unsigned}, Request: capture.Request{Body: large(fmt.Sprint("request ", id))}}
		ex.Reply = capture.Reply{Status: 200, Body: large(fmt.Sprint("reply ", id))}
		for n := range 11 {
			what := fmt.Sprintf("attempt %d of %d", n+1, id)
			ex.Attempts = append(ex.Attempts, &capture.Attempt{N: n + 1, Body: large("body " + what), Reply: capture.Reply{Status: 200, Body: large("response " + what)}})
		}
		if err := p.engine.Ring.Apply(t.Context(), capture.Op{Add: ex}); err != nil {
			t.Fatal(err)
		}
	}
	p.until(t, "all", func() bool { return len(p.Ring.Snapshot()) == 4 })
	begins := cmp.Transformer("bytes", func(b capture.Body) string {
		data, err := b.Bytes(context.Background())
		return fmt.Sprintf("%.30s %d %v", data, len(data), err)
	})
	if d := cmp.Diff(p.engine.Ring.Snapshot(), p.Ring.Snapshot(), begins); d != "" {
		t.Error(d)
	}
}

// A body that cannot be read keeps nothing else from a list or a screen; who reads
// it hears why.
func TestABodyThatCannotBeRead(t *testing.T) {
	p := open(t)
	p.post(t, "/1", "x")
	p.keep(t, noBodies{errors.New("the disk is broken")})
	p.post(t, "/3", "x")
	if ids, err := p.all(t, sqlite.Query{}); err != nil || len(ids) != 3 {
		t.Errorf("%v %v", ids, err)
	}
	p.until(t, "all three", func() bool { return len(p.Ring.Snapshot()) == 3 })
	listed, err := p.History.Get(t.Context(), 2)
	if err != nil {
		t.Fatal(err)
	}
	shown, _ := p.Ring.Get(2)
	for _, ex := range []*capture.Exchange{listed, shown} {
		if _, err := ex.Request.Body.Bytes(t.Context()); err == nil || !strings.Contains(err.Error(), "the disk is broken") || ex.Request.Body.Size() != 10 {
			t.Errorf("%d bytes, %v", ex.Request.Body.Size(), err)
		}
	}
}

// A stream that ends before its first revision leaves nothing behind of the process
// before: the next one begins at the beginning.
func TestANewProcessIsReadFromTheBeginning(t *testing.T) {
	asked := make(chan string, 10)
	epochs := []string{"a", "b", "b"}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v1/changes", func(w http.ResponseWriter, r *http.Request) {
		asked <- r.URL.RawQuery
		if len(epochs) == 0 {
			<-r.Context().Done()
			return
		}
		epoch := epochs[0]
		epochs = epochs[1:]
		w.Header().Set(epochHeader, epoch)
		if epoch == "a" {
			_, _ = w.Write([]byte(`{"rev":7}` + "\n"))
		}
	})
	c := clientOf(t, mux)
	for _, want := range []string{"after=0&epoch=", "after=7&epoch=a", "after=0&epoch=b"} {
		_ = c.follow(t.Context())
		if got := <-asked; got != want {
			t.Errorf("asked %s, want %s", got, want)
		}
	}
}
