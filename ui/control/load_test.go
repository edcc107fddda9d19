package control

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// reader is one screen under load: how often it was told of changes.
type reader struct {
	frames int
	until  time.Time // of the last
}

// read reads changes until n exchanges came.
func (r *reader) read(t *testing.T, resp *http.Response, n int) {
	lines := bufio.NewReader(resp.Body)
	for seen := 0; seen < n; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			t.Error(err)
			return
		}
		switch {
		case bytes.HasPrefix(line, []byte(`{"exchange"`)):
			seen++
		case bytes.HasPrefix(line, []byte(`{"rev"`)):
			r.frames++
			r.until = time.Now()
		}
	}
}

// changesOf opens the stream of changes on a connection of its own.
func changesOf(t testing.TB, p *pair) *http.Response {
	t.Helper()
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) { return Dial(ctx, p.path) }}
	t.Cleanup(transport.CloseIdleConnections)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://creel/v1/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// Ten screens and one that reads nothing look on while requests come as fast as they
// can: all are captured, each screen sees all of them in at most 30 looks a second,
// and what is kept for the screens is bounded.
func TestManyScreensUnderLoad(t *testing.T) {
	const requests, senders, screens = 1500, 4, 10
	p := open(t)
	readers, resps := make([]reader, screens), make([]*http.Response, screens)
	for i := range screens {
		resps[i] = changesOf(t, p)
	}
	changesOf(t, p) // nobody reads it
	before, began := heap(), time.Now()
	var sending, reading sync.WaitGroup
	for i := range screens {
		reading.Go(func() { readers[i].read(t, resps[i], requests) })
	}
	body := strings.Repeat("x", 1000)
	for range senders {
		sending.Go(func() {
			for range requests / senders {
				resp, err := http.Post(p.engine.URL, "text/plain", strings.NewReader(body))
				if err != nil {
					t.Error(err)
					return
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				if resp.StatusCode != http.StatusOK {
					t.Errorf("status %d", resp.StatusCode)
				}
			}
		})
	}
	sending.Wait()
	captured := time.Since(began)
	reading.Wait()
	if n := p.engine.Ring.Stats().Kept; n != requests {
		t.Errorf("%d captured, want %d", n, requests)
	}
	for i, r := range readers {
		if most := int(r.until.Sub(began).Seconds()*31) + 2; r.frames > most {
			t.Errorf("screen %d was told %d times in %v", i, r.frames, r.until.Sub(began))
		}
	}
	// The ring keeps about 3 MB, and so does the mirror of p; a screen has buffers.
	if after := heap(); after > before+32<<20 {
		t.Errorf("the heap grew from %d to %d MB", before>>20, after>>20)
	}
	t.Logf("%d requests in %v, %.0f a second", requests, captured.Round(time.Millisecond), requests/captured.Seconds())
}

// What a sender waits at 1,000 requests a second: with ten screens it must be within
// 5 % of what it is with none.
func BenchmarkCaptureWithScreens(b *testing.B) {
	for _, screens := range []int{0, 10} {
		b.Run(fmt.Sprint("screens=", screens), func(b *testing.B) {
			p := openWith(b, b.TempDir()+"/h.db")
			for range screens {
				resp := changesOf(b, p)
				go io.Copy(io.Discard, resp.Body)
			}
			body, took := strings.Repeat("x", 1000), []time.Duration(nil)
			pace := time.NewTicker(time.Millisecond)
			defer pace.Stop()
			for b.Loop() {
				<-pace.C
				began := time.Now()
				resp, err := http.Post(p.engine.URL, "text/plain", strings.NewReader(body))
				if err != nil {
					b.Fatal(err)
				}
				_, _ = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/median")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "µs/p99")
		})
	}
}
