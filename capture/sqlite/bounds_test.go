package sqlite

import (
	"bytes"
	"database/sql/driver"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

// TestInlineBound keeps replies of just the size that goes into their row, and of one
// byte more.
func TestInlineBound(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	for _, size := range []int{inlineResponse, inlineResponse + 1} {
		ex := ringtest.Example(1)
		ex.Reply.Body = capture.NewBody(bytes.Repeat([]byte("r"), size))
		ex.Attempts[1].Reply.Body = ex.Reply.Body
		mustCommit(t, s, capture.Op{Add: ex})
	}
	for i, ex := range ringtest.Load(t, openTest(t, path, Read)) {
		for what, body := range map[string]capture.Body{"reply": ex.Reply.Body, "response": ex.Attempts[1].Reply.Body} {
			if b, err := body.Bytes(t.Context()); err != nil || len(b) != inlineResponse+i {
				t.Errorf("the %s has %d bytes, %v", what, len(b), err)
			}
			if _, _, stored := body.Stored(); stored != (i == 1) {
				t.Errorf("the %s of %d bytes is in a table of its own: %v", what, inlineResponse+i, stored)
			}
		}
	}
}

func TestKeepAttempts(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	id := mustCommit(t, s, capture.Op{Add: &capture.Exchange{}})[0].Add.ID
	for _, want := range []int{1, 2} {
		var ops []capture.Op
		for range capture.KeepAttempts/want + want - 1 { // 1000, then 501 more
			ops = append(ops, capture.Op{Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{To: "http://a"}}})
		}
		mustCommit(t, s, ops...)
		ex, err := s.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		first := 1
		if want == 2 {
			first = 502
		}
		if n := len(ex.Attempts); n != capture.KeepAttempts || ex.Attempts[0].N != first {
			t.Errorf("%d attempts from %d on, want from %d on", n, ex.Attempts[0].N, first)
		}
		var rows int64
		if s.writer.ints("SELECT count(*) FROM attempt", &rows); rows != capture.KeepAttempts {
			t.Errorf("%d rows", rows)
		}
	}
}

func TestBehind(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	for range 3 {
		mustCommit(t, s)
	}
	if err := s.writer.exec("DELETE FROM change WHERE id < 3"); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[capture.Rev]error{1: capture.ErrBehind, 2: nil, 3: nil, 4: capture.ErrBehind} {
		var got error
		for _, err := range s.Changes(t.Context(), after) {
			got = err
		}
		if !errors.Is(got, want) {
			t.Errorf("after %d: %v, want %v", after, got, want)
		}
	}
}

// TestRescueGivesNoIDTwice deletes the newest request: its id is not used again after
// a rescue.
func TestRescueGivesNoIDTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	for i := range 5 {
		mustCommit(t, s, capture.Op{Add: typical(i, 10)})
	}
	mustCommit(t, s, capture.Op{Delete: []capture.ID{5}})
	if err := metas.put(s.writer, append([]driver.Value{int64(5)}, make([]driver.Value, len(metas.columns))...)...); err != nil { // of what is gone
		t.Fatal(err)
	}
	s.Close()
	if err := os.WriteFile(path+damagedMark, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = openTest(t, path, Capture)
	var orphans int64
	if s.writer.ints("SELECT count(*) FROM meta", &orphans); orphans != 0 || len(s.Report()) == 0 {
		t.Errorf("%d rows belong to nothing, %q", orphans, s.Report())
	}
	if id := mustCommit(t, s, capture.Op{Add: typical(9, 10)})[0].Add.ID; id != 6 {
		t.Errorf("the next id is %v", id)
	}
}
