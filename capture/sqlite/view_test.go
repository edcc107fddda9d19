package sqlite

import (
	"database/sql/driver"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"
	"creel/capture/ringtest"

	"github.com/google/go-cmp/cmp"
)

// TestExchangeView queries what people query with sqlite3.
func TestExchangeView(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	ex := ringtest.Example(1)
	ex.Request.Body = capture.NewBody([]byte(`{"type":"invoice.paid"}`))
	id := mustCommit(t, s, capture.Op{Add: ex}, capture.Op{Add: &capture.Exchange{Request: capture.Request{Method: "GET"}}})[0].Add.ID
	stale := capture.Signature{Verdict: capture.Stale}
	query := func(sql string) (lines []string) {
		s.reader.mu.Lock()
		defer s.reader.mu.Unlock()
		err := s.reader.query(func(row []driver.Value) error {
			line := fmt.Sprint(row)
			lines = append(lines, line[1:len(line)-1])
			return nil
		}, strings.NewReplacer("COLUMNS", "id, time, method, target, host, status, state, provider, event, delivery, verdict, size").Replace(sql))
		if err != nil {
			t.Error(err)
		}
		return lines
	}
	for sql, want := range map[string][]string{
		"SELECT COLUMNS FROM exchange": {
			"1 2023-11-14T22:13:20.000Z POST /hooks/stripe?x=%2F 127.0.0.1:4665 502 answered stripe invoice.paid evt_1 invalid 24",
			"2 <nil> GET <nil> <nil> <nil> waiting <nil> <nil> <nil> unsigned 0",
		},
		"SELECT body ->> '$.type', pinned, note FROM exchange WHERE status >= 500 AND json_valid(body)": {"invoice.paid 1 look"},
		"SELECT h.value ->> 1 FROM exchange, json_each(headers) h WHERE h.value ->> 0 = 'X-A'":          {"1"},
		"SELECT more ->> 'remote', reply_more ->> 'by' FROM exchange WHERE provider = 'stripe'":         {"127.0.0.1:53122 rule:x"},
		"SELECT exchange, n, url, status FROM attempt ORDER BY id":                                      {"1 1 http://localhost:3000/x 201", "1 2 http://localhost:3000/x 201"},
	} {
		if diff := cmp.Diff(want, query(sql)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", sql, diff)
		}
	}
	mustCommit(t, s, capture.Op{Meta: &capture.Meta{ID: id, Signature: &stale}})
	if got := query("SELECT verdict FROM exchange WHERE id = 1"); len(got) != 1 || got[0] != string(capture.Stale) {
		t.Errorf("a verdict that was renewed is %q", got)
	}
}
