package control

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"creel/capture"
	"creel/forward"
)

// Who is interrupted hears what became of the attempts under way there, which are
// recorded once.
func TestInterruptedAttempts(t *testing.T) {
	p := open(t)
	began := make(chan struct{}, 2)
	app := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // or its end is not noticed
		began <- struct{}{}
		<-r.Context().Done()
	}))
	defer app.Close()
	p.post(t, "/hook", "x")
	ex, _ := p.engine.Ring.Get(1)
	x := forward.Resend{Exchange: ex, To: mustTarget(t, app.URL)}
	for _, recording := range []Recording{RecordIt, RecordNo} {
		ctx, interrupt := context.WithCancel(t.Context())
		go func() { <-began; interrupt() }()
		a, err := p.History.Resend(ctx, x, recording)
		if err != nil || a.Cause != capture.CauseCanceled || a.Unsent || !strings.HasPrefix(a.Err, "ended before the response was there") {
			t.Errorf("recording %q: %+v %v", recording, a, err)
		}
		if recorded := a.N == 1; recorded != (recording == RecordIt) {
			t.Errorf("recording %q: its number is %d", recording, a.N)
		}
	}
	ctx, interrupt := context.WithCancel(t.Context())
	go func() { <-began; interrupt() }()
	if h := p.Resender.Repeat(ctx, forward.Repeat{Runs: []forward.Resend{x}, Times: 5}); h.Sent != 1 || h.NotBegun() != 4 || !h.Ended {
		t.Errorf("histogram %+v", h)
	}
	if ex, _ := p.engine.Ring.Get(1); len(ex.Attempts) != 2 {
		t.Errorf("%d attempts, want that of the resend and that of the repeat", len(ex.Attempts))
	}
}

// What goes wrong with the socket is said without the URL that stands for it.
func TestErrorsNameNoURLOfTheSocket(t *testing.T) {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/resend", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	_, err := clientOf(t, mux).History.Resend(t.Context(), forward.Resend{Exchange: &capture.Exchange{ID: 1}}, RecordIt)
	if err == nil || strings.Contains(err.Error(), "http://creel") || !strings.HasPrefix(err.Error(), "the running creel: ") {
		t.Errorf("error %v", err)
	}
}
