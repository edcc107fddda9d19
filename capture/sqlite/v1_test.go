package sqlite

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

// TestVersion1 opens a history that a creel of the first schema wrote: nothing of it
// is lost, and the old file is kept.
func TestVersion1(t *testing.T) {
	packed, err := os.Open("testdata/v1.db.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	r, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	file, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, head := range [][]byte{file[:fileHead], bytes.Repeat([]byte("x"), fileHead)} {
		damaged := append(bytes.Clone(head), file[fileHead:]...)
		if s, left := openDamaged(t, damaged); len(left) != 5 {
			t.Errorf("%d are left of a file that begins with %q: %q", len(left), head[:8], s.Report())
		}
	}
	s, left := openDamaged(t, file)
	if report := strings.Join(s.Report(), "\n"); !strings.Contains(report, "an older creel: 5 of 5 requests") {
		t.Errorf("it says %q", report)
	}
	if bad, err := os.ReadFile(s.path + ".bad"); err != nil || !bytes.Equal(bad, file) {
		t.Errorf("the old file is not kept as it was: %v", err)
	}
	var want []*capture.Exchange
	for i := range 5 {
		ex := asInVersion1(ringtest.Example(i))
		size := []int{0, 10, 1500, 5000, 40000}[i]
		if i > 0 {
			ex.Request.Body = capture.NewBody(bytes.Repeat([]byte{byte(i), 'x'}, size/2))
		}
		if i == 3 {
			ex.Reply.Body = capture.NewBody(bytes.Repeat([]byte("a"), 600))
			ex.Attempts[1].Body = capture.NewBody(bytes.Repeat([]byte("b"), 9000))
		}
		if i == 4 {
			ex.Signature, ex.Handshake = capture.Signature{Verdict: capture.Stale}, "zoom"
		}
		ex.ID = capture.ID(i + 1)
		ex.Attempts[0].Body = ex.Request.Body
		if ex.ID != 2 { // it was deleted
			want = append(want, ex)
		}
	}
	want = append(want, &capture.Exchange{ID: 6, At: left[len(left)-1].At, Request: capture.Request{Method: "GET", Target: "/waiting"}})
	if diff := cmp.Diff(want, left, ringtest.Equal(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if id := mustCommit(t, s, capture.Op{Add: ringtest.Example(1)})[0].Add.ID; id != 7 {
		t.Errorf("the next id is %v", id)
	}
}

// asInVersion1 takes off what was not set when the file of the test was written.
func asInVersion1(ex *capture.Exchange) *capture.Exchange {
	ex.Via, ex.PublicURL, ex.Request.Truncated, ex.Sender.Late, ex.Reply.Trailers = "", "", false, false, nil
	ex.Request.Reserialized = false
	for _, a := range ex.Attempts {
		a.SignedURL, a.By, a.Who, a.Reply = "", "", "", capture.Reply{Status: a.Reply.Status, Body: a.Reply.Body}
	}
	return ex
}
