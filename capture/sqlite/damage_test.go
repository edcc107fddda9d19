package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestAnyDamage flips bits and cuts the end off a history as a crash leaves it, its
// file or its log: it opens within seconds, never panics, and what is left is what
// was written, whole.
func TestAnyDamage(t *testing.T) {
	const n = 12
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	all := map[capture.ID]*capture.Exchange{}
	files := map[string][]byte{}
	for i := range n {
		if i == n/2 { // one half in the file, the other in its log
			s.Close()
			s = openTest(t, path, Capture)
		}
		ex := ringtest.Example(i)
		ex.Request.Body = capture.NewBody(bytes.Repeat([]byte{byte(i), 'x'}, []int{5, 600, 6000, 20_000}[i%4]))
		ex.Attempts[0].Body = ex.Request.Body
		ex.ID = mustCommit(t, s, capture.Op{Add: ex})[0].Add.ID
		all[ex.ID] = ex
	}
	for _, suffix := range []string{"", "-wal"} {
		data, err := os.ReadFile(path + suffix)
		if err != nil {
			t.Fatal(err)
		}
		files[suffix] = data
	}
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		defer os.RemoveAll(dir)
		damaged := filepath.Join(dir, "h.db")
		which := rapid.SampledFrom([]string{"", "-wal"}).Draw(rt, "file")
		for suffix, data := range files {
			if suffix == which {
				data = damage(rt, data)
			}
			if err := os.WriteFile(damaged+suffix, data, 0o600); err != nil {
				rt.Fatal(err)
			}
		}
		start := time.Now()
		s, err := Open(t.Context(), damaged, Options{Role: Capture})
		if err != nil {
			rt.Fatal(err)
		}
		defer s.Close()
		if took := time.Since(start); took > 5*time.Second {
			rt.Errorf("it took %v", took)
		}
		for _, ex := range ringtest.Load(t, s) {
			checkWhole(rt, t, all[ex.ID], ex)
		}
		if _, err := s.Commit(t.Context()); err != nil && !corrupt(err) {
			rt.Errorf("a commit: %v", err)
		}
	})
}

// damage flips some bits of data, or cuts its end off.
func damage(t *rapid.T, data []byte) []byte {
	data = bytes.Clone(data)
	if rapid.Bool().Draw(t, "cut") {
		return data[:rapid.IntRange(pageBytes, len(data)).Draw(t, "length")]
	}
	for range rapid.IntRange(1, 8).Draw(t, "flips") {
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		data[at] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
	}
	return data
}

// checkWhole compares what is left of an exchange with what it was: its request, and
// of its reply, attempts and bodies those that are there.
func checkWhole(rt *rapid.T, t *testing.T, want, got *capture.Exchange) {
	if want == nil {
		rt.Fatalf("%v was never there", got.ID)
	}
	if b, err := got.Request.Body.Bytes(t.Context()); err == nil {
		if w, _ := want.Request.Body.Bytes(t.Context()); !bytes.Equal(b, w) {
			rt.Errorf("the body of %v is another", got.ID)
		}
	}
	w, g := *want, *got
	w.Request.Body, g.Request.Body = capture.Body{}, capture.Body{}
	if g.State == capture.StateWaiting { // its reply is lost
		w.State, w.Reply = g.State, g.Reply
	}
	if !g.Pinned { // its meta is lost
		w.Pinned, w.Note, w.Pending = false, "", nil
	}
	w.Attempts, g.Attempts = nil, nil
	if diff := cmp.Diff(w, g, ringtest.Equal(t)); diff != "" {
		rt.Errorf("%v (-want +got):\n%s", got.ID, diff)
	}
	for _, a := range got.Attempts {
		if a.N < 1 || a.N > len(want.Attempts) || a.To != want.Attempts[a.N-1].To || !a.At.Equal(want.Attempts[a.N-1].At) {
			rt.Errorf("attempt %d of %v is another", a.N, got.ID)
		}
	}
}
