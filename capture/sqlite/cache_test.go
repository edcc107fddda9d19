package sqlite

import (
	"testing"

	"creel/capture"
)

// The list of changes is bounded: commits remove the oldest from time to time.
func TestListOfChangesIsBounded(t *testing.T) {
	s := openTest(t, t.TempDir()+"/h.db", Capture)
	for range 3 {
		if _, err := s.Commit(t.Context(), capture.Op{Add: typical(1, 10)}); err != nil {
			t.Fatal(err)
		}
	}
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	for i, want := range []int64{1, 0} {
		rev, older := int64(changesKept+511+i), int64(0)
		err := s.writer.tx("BEGIN IMMEDIATE", func() error {
			now, err := readCounters(s.writer)
			if err != nil {
				return err
			}
			now.rev = rev
			return (&commit{s: s, c: s.writer, now: now}).finish()
		})
		if err == nil {
			err = s.writer.ints("SELECT count(*) > 0 FROM change WHERE id < 100", &older)
		}
		if err != nil || older != want {
			t.Errorf("at %d: old ones are left %d, %v", rev, older, err)
		}
	}
}

// Notes and pins of a request that is gone leave no row in the history.
func TestNothingIsKeptOfWhatIsGone(t *testing.T) {
	s := openTest(t, t.TempDir()+"/h.db", Capture)
	note := "n"
	big := capture.NewBody(make([]byte, 100<<10))
	if _, err := s.Commit(t.Context(),
		capture.Op{Attempt: &capture.AttemptAdd{ID: 99, Attempt: capture.Attempt{Body: big, Reply: capture.Reply{Body: big}}}},
		capture.Op{Reply: &capture.ReplySet{ID: 99, Reply: capture.Reply{Status: 200, Body: big}}},
		capture.Op{Meta: &capture.Meta{ID: 99, Note: &note}},
	); err != nil {
		t.Fatal(err)
	}
	s.writer.mu.Lock()
	defer s.writer.mu.Unlock()
	for _, table := range []string{"request", "reply", "attempt", "meta", "body"} {
		var n int64
		if err := s.writer.ints("SELECT count(*) FROM "+table, &n); err != nil || n != 0 {
			t.Errorf("%d rows in %s, %v", n, table, err)
		}
	}
}

// What is shrunk holds no bodies in memory, and reads them from the file.
func TestShrink(t *testing.T) {
	s := openTest(t, t.TempDir()+"/h.db", Capture)
	kept := mustCommit(t, s, capture.Op{Add: typical(1, 100)})
	_, ref, _ := kept[0].Add.Request.Body.Stored()
	s.Shrink()
	if _, ok := s.bodies.Get(ref); ok {
		t.Error("the body is still in memory")
	}
	got, err := kept[0].Add.Request.Body.Bytes(t.Context())
	if err != nil || len(got) != 100 {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	mustCommit(t, s, capture.Op{Add: typical(2, 100)})
}
