package control

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

// Lines are kept up to the bound, the oldest leave first, and a line is made once.
func TestLinesAreBounded(t *testing.T) {
	var l lines
	bodies := []capture.Body{capture.NewBody([]byte(strings.Repeat("x", inlineBody))), capture.NewBody([]byte("small"))}
	var all []*capture.Exchange
	for i := range 2*maxLines/inlineBody + 10 {
		ex := &capture.Exchange{ID: capture.ID(i + 1), Request: capture.Request{Body: bodies[i%2]}}
		all = append(all, ex)
		text, ok := l.of(t.Context(), ex)
		if !ok || !strings.HasPrefix(string(text), `{"exchange":{`) || !strings.HasSuffix(string(text), "}\n") {
			t.Fatalf("%.30q %v", text, ok)
		}
		if again, _ := l.of(t.Context(), ex); &again[0] != &text[0] {
			t.Fatal("it is made twice")
		}
		size := 0
		for _, text := range l.texts {
			size += len(text)
		}
		if size > maxLines || size != l.size || len(l.texts) != len(l.order) {
			t.Fatalf("%d bytes, counted as %d, %d and %d lines", size, l.size, len(l.texts), len(l.order))
		}
	}
	if l.texts[all[0]] != nil || l.texts[all[len(all)-1]] == nil {
		t.Error("not the oldest leaves")
	}
}

// A request that is not understood says so, and does nothing.
func TestRequestsThatAreNotUnderstood(t *testing.T) {
	e := openEngine(t, "")
	defer e.Close()
	routes := (&Server{Engine: e, streams: map[*stream]struct{}{}}).routes()
	for path, body := range map[string]string{"apply": "{", "reply-text": `{"text":5}`, "hold": "on", "resend": `{"id":"x"}`} {
		w := httptest.NewRecorder()
		routes.ServeHTTP(w, httptest.NewRequest("POST", "/v1/"+path, strings.NewReader(body)))
		var out errorResponse
		if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil || w.Code != http.StatusUnprocessableEntity || !strings.HasPrefix(out.Error, path+": the request is not understood: ") {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

// A line that is not understood ends the link: what would be missing is read again, over
// another connection, for what is left of this one may hang.
func TestLinesThatAreNotUnderstood(t *testing.T) {
	mux := http.NewServeMux()
	conns := make(chan any, 10)
	mux.HandleFunc("/v1/changes", func(w http.ResponseWriter, r *http.Request) {
		conns <- r.Context().Value(connKey{})
		_, _ = io.WriteString(w, string(exchangeBegins)+`{"type":"exchange","at":5}`+string(exchangeEnds))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	c := clientOf(t, mux)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	watch := c.mirror.Watch(ctx)
	go c.Follow(ctx)
	_, lost := c.Lost()
	for lost == nil {
		if _, ok := <-watch; !ok {
			t.Fatal("the link goes on")
		}
		_, lost = c.Lost()
	}
	if !strings.HasPrefix(lost.Error(), "an exchange is not understood: ") {
		t.Error(lost)
	}
	first := <-conns
	select {
	case again := <-conns:
		if again == first {
			t.Error("the same connection is used again")
		}
	case <-ctx.Done():
		t.Error("it is not read again")
	}
}

// Two that make the same line at once keep one, and it counts once.
func TestLinesMadeAtOnce(t *testing.T) {
	var l lines
	ex := &capture.Exchange{}
	l.keep(ex, []byte("one"))
	l.keep(ex, []byte("two"))
	if len(l.order) != 1 || l.size != 3 || string(l.texts[ex]) != "one" {
		t.Errorf("%d lines of %d bytes: %s", len(l.order), l.size, l.texts[ex])
	}
	l.keep(&capture.Exchange{}, make([]byte, maxLines+1))
	if len(l.order) != 1 {
		t.Error("a line that is longer than all may be is kept")
	}
	l.keep(&capture.Exchange{}, make([]byte, maxLines))
	if len(l.order) != 1 || l.size != maxLines || l.texts[ex] != nil {
		t.Errorf("the longest line leaves %d lines of %d bytes", len(l.order), l.size)
	}
}
