package sqlite

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"
)

func openRing(t testing.TB, s *Store, b capture.Bounds) *ring.Ring {
	t.Helper()
	r, err := ring.Open(t.Context(), b, s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.Close() })
	return r
}

// until waits for what another process does to a ring.
func until(t testing.TB, r *ring.Ring, what string, ok func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for watch := r.Watch(ctx); !ok(); {
		if _, open := <-watch; !open {
			t.Fatalf("%s: not seen", what)
		}
	}
}

func mustCommit(t testing.TB, j capture.Journal, ops ...capture.Op) []capture.Op {
	t.Helper()
	r, err := j.Commit(t.Context(), ops...)
	if err != nil {
		t.Fatal(err)
	}
	return r.Kept
}

func TestGuestChangesReachTheRing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	r := openRing(t, openTest(t, path, Capture), capture.Bounds{Count: 10})
	guest := openTest(t, path, Write)
	var ids []capture.ID
	for n := range 4 {
		ex := ringtest.Example(n)
		ex.Pinned, ex.Pending, ex.Request.Malformed, ex.Request.Incomplete = false, nil, "", false
		got, err := r.Submit(ex).Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, got.ID)
	}
	get := func(n int) *capture.Exchange { ex, _ := r.Get(ids[n]); return ex }
	yes, note := true, "from elsewhere"
	mustCommit(t, guest, capture.Op{Delete: ids[:1]})
	mustCommit(t, guest, capture.Op{Meta: &capture.Meta{ID: ids[1], Pinned: &yes}}, capture.Op{Meta: &capture.Meta{ID: ids[2], Note: &note}})
	mustCommit(t, guest, capture.Op{Attempt: &capture.AttemptAdd{ID: ids[3], Attempt: capture.Attempt{To: "http://b"}}})
	until(t, r, "rm, pin, note and resend", func() bool {
		return get(0) == nil && get(1).Pinned && get(2).Note == note && len(get(3).Attempts) == 3
	})
	var many []capture.Op
	for n := range 12 {
		many = append(many, capture.Op{Add: &capture.Exchange{ImportedFrom: capture.ID(n + 1)}})
	}
	mustCommit(t, guest, many...)
	until(t, r, "an import beyond the bounds", func() bool {
		s := r.Stats()
		return s.Kept == 10 && s.Newest > ids[3] && get(1) != nil && get(2) == nil
	})
	until(t, r, "the bounds in the file", func() bool {
		list, err := guest.IDs(t.Context())
		return err == nil && len(list) == 10
	})
	if g, err := guest.Stats(t.Context()); err != nil || g.Kept != 10 || g.Count != 10 {
		t.Errorf("stats %+v, %v", g, err)
	}
}

func TestGuestsAreHeldToTheBoundsOfPins(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	r := openRing(t, s, capture.Bounds{Count: 2})
	guest := openTest(t, path, Write)
	yes := true
	var err error
	for range 2 {
		ex, _ := r.Submit(&capture.Exchange{}).Wait(t.Context())
		_, err = guest.Commit(t.Context(), capture.Op{Meta: &capture.Meta{ID: ex.ID, Pinned: &yes}})
	}
	if err == nil || !strings.Contains(err.Error(), "pins may fill half") {
		t.Errorf("the second pin of two: %v", err)
	}
}

func TestWaitingIsInterruptedWhenNobodyIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	id := mustCommit(t, s, capture.Op{Add: &capture.Exchange{}})[0].Add.ID
	guest := openTest(t, path, Read)
	if ex, err := guest.Get(t.Context(), id); err != nil || ex.State != capture.StateWaiting {
		t.Errorf("while creel runs: %v, %v", ex.State, err)
	}
	s.Close()
	if ex, err := guest.Get(t.Context(), id); err != nil || ex.State != capture.StateInterrupted {
		t.Errorf("when it is gone: %v, %v", ex.State, err)
	}
	openTest(t, path, Capture)
	for ex, err := range guest.Select(t.Context(), Query{}) {
		if err != nil || ex.State != capture.StateInterrupted {
			t.Errorf("in the next run: %v, %v", ex.State, err)
		}
	}
	if _, err := guest.Get(t.Context(), 99); !errors.Is(err, capture.ErrEvicted) {
		t.Errorf("an id that was never there: %v", err)
	}
}

func TestOwner(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	if err := s.Announce(t.Context(), "http://127.0.0.1:4665", []string{"/a=http://localhost:1"}); err != nil {
		t.Fatal(err)
	}
	guest := openTest(t, path, Read)
	o, live, err := guest.Owner(t.Context())
	if err != nil || !live || o.PID != os.Getpid() || o.URL != "http://127.0.0.1:4665" || len(o.Targets) != 1 {
		t.Errorf("owner %+v, live %v, %v", o, live, err)
	}
	if second, err := Open(t.Context(), path, Options{Role: Capture}); err == nil {
		second.Close()
		t.Error("a second one captures")
	} else if want := "at http://127.0.0.1:4665: use --ephemeral or --history FILE; creel attach opens its screen"; !strings.HasSuffix(err.Error(), want) {
		t.Error(err)
	}
	s.Close()
	if _, live, _ := guest.Owner(t.Context()); live {
		t.Error("it is still alive")
	}
}

func TestModes(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no modes")
	}
	dir := filepath.Join(t.TempDir(), "state", "creel")
	path := filepath.Join(dir, "h.db")
	s := openTest(t, path, Capture)
	mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})
	err := filepath.WalkDir(filepath.Dir(dir), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		want := fs.FileMode(0o600)
		if d.IsDir() {
			want = 0o700
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o", name, got)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	s.Close()
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	openTest(t, path, Capture)
	if info, _ := os.Stat(path); info.Mode().Perm() != 0o600 {
		t.Errorf("the mode stays %o", info.Mode().Perm())
	}
}

func TestReadNeedsAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none", "h.db")
	if s, err := Open(t.Context(), path, Options{Role: Read}); err == nil {
		s.Close()
		t.Error("opened")
	} else if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(path)); err == nil {
		t.Error("reading made the directory")
	}
}

func TestFullDisk(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	r := openRing(t, s, capture.Bounds{})
	submit := func() error {
		_, err := r.Submit(&capture.Exchange{Request: capture.Request{Body: capture.NewBody(make([]byte, 100_000))}}).Wait(t.Context())
		return err
	}
	if err := submit(); err != nil {
		t.Fatal(err)
	}
	limit := func(pages string) {
		s.writer.mu.Lock()
		defer s.writer.mu.Unlock()
		if err := s.writer.pragma("max_page_count = " + pages); err != nil {
			t.Fatal(err)
		}
	}
	limit("60")
	var err error
	kept := 1
	for ; err == nil && kept < 100; kept++ {
		err = submit()
	}
	if err == nil || !strings.Contains(err.Error(), " is full: ") || r.Stats().Err == nil {
		t.Fatalf("a full disk: %v, %v", err, r.Stats().Err)
	}
	kept--
	if got := len(r.Snapshot()); got != kept {
		t.Errorf("%d are in the ring, %d were kept", got, kept)
	}
	for ex, err := range s.Select(t.Context(), Query{}) {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ex.Request.Body.Bytes(t.Context()); err != nil {
			t.Errorf("the body of %v: %v", ex.ID, err)
		}
	}
	limit("1000000")
	until(t, r, "space", func() bool { return r.Stats().Err == nil })
	if err := submit(); err != nil {
		t.Errorf("there is space again: %v", err)
	}
}

func TestBodiesLeaveTheRing(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	r := openRing(t, s, capture.Bounds{})
	big := capture.NewBody(make([]byte, 1<<20))
	ex, err := r.Submit(&capture.Exchange{Request: capture.Request{Body: big}}).Wait(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.Record(capture.Op{Reply: &capture.ReplySet{ID: ex.ID, State: capture.StateAnswered, Reply: capture.Reply{Body: big}}})
	r.Record(capture.Op{Attempt: &capture.AttemptAdd{ID: ex.ID, Attempt: capture.Attempt{Body: big, Reply: capture.Reply{Body: big}}}})
	rev := r.Stats().Rev
	if err := r.Apply(t.Context()); err != nil { // they ride along
		t.Fatal(err)
	}
	if now := r.Stats().Rev; now != rev {
		t.Errorf("readers are told of %d changes that are none", now-rev)
	}
	ex, _ = r.Get(ex.ID)
	for what, b := range map[string]capture.Body{
		"request": ex.Request.Body, "reply": ex.Reply.Body,
		"attempt": ex.Attempts[0].Body, "answer": ex.Attempts[0].Reply.Body,
	} {
		if _, _, stored := b.Stored(); !stored {
			t.Errorf("the body of the %s stays in memory", what)
		}
		if !b.InMemory() {
			t.Errorf("the body of the %s is not at hand although it is fresh", what)
		}
		if data, err := b.Bytes(t.Context()); err != nil || len(data) != 1<<20 {
			t.Errorf("the body of the %s: %d bytes, %v", what, len(data), err)
		}
	}
}
