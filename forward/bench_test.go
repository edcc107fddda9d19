package forward

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"

	"creel/capture"
)

// BenchmarkForward sends requests of 1 KiB over 64 connections: straight to an
// application, through httputil.ReverseProxy, and through Proxy. Proxy must take
// no longer than ReverseProxy, although it reads every body whole (about 0.7 of its
// time when this was written).
// Compare the three of one run only; the machine makes the rest.
func BenchmarkForward(b *testing.B) {
	backend := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		io.WriteString(w, "ok")
	}))
	defer backend.Close()
	u, _ := url.Parse(backend.URL)
	ts := &Targets{}
	ts.Set([]Target{{URL: mustURL(b, backend.URL)}})
	s := &Sender{}
	defer s.Close()
	p := NewProxy(s, ts)
	fronts := []struct {
		name string
		http.Handler
	}{
		{"direct", nil},
		{"reverseproxy", &httputil.ReverseProxy{
			Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(u) },
			Transport: &http.Transport{MaxIdleConnsPerHost: 128},
		}},
		{"creel", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { serveProxy(p, w, r) })},
	}
	for _, f := range fronts {
		b.Run(f.name, func(b *testing.B) {
			to := backend.URL
			if f.Handler != nil {
				front := httptest.NewServer(f.Handler)
				defer front.Close()
				to = front.URL
			}
			hammer(b, to, 64)
		})
	}
}

// serveProxy does what the capture server does, without keeping anything.
func serveProxy(p *Proxy, w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	req := capture.Request{Method: r.Method, Target: r.RequestURI, Host: r.Host, Proto: r.Proto, Exact: true, Body: capture.NewBody(body)}
	for name, values := range r.Header {
		req.Fields = append(req.Fields, capture.Field{Name: name, Value: values[0]})
	}
	out := p.Respond(r.Context(), &capture.Exchange{Request: req}, nowhere{})
	for _, f := range out.Reply.Fields {
		w.Header().Add(f.Name, f.Value)
	}
	w.WriteHeader(out.Reply.Status)
	answer, _ := out.Reply.Body.Bytes(r.Context())
	w.Write(answer)
}

// nowhere is a Recorder that keeps nothing.
type nowhere struct{ capture.Recorder }

func (nowhere) AddAttempt(*capture.Attempt) {}

func hammer(b *testing.B, to string, conns int) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: conns}}
	defer client.CloseIdleConnections()
	body := bytes.Repeat([]byte("x"), 1024)
	var senders sync.WaitGroup
	work := make(chan struct{})
	b.ResetTimer()
	for range conns {
		senders.Go(func() {
			for range work {
				resp, err := client.Post(to+"/hook?x=%2F", "text/plain", bytes.NewReader(body))
				if err != nil {
					b.Error(err)
					continue
				}
				if resp.StatusCode != 200 {
					b.Error(resp.Status)
				}
				io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
		})
	}
	for range b.N {
		work <- struct{}{}
	}
	close(work)
	senders.Wait()
}
