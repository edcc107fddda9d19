package sqlite

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"creel/capture"

	"github.com/google/go-cmp/cmp"
)

// What is read is what was written, whatever is in its texts.
func TestTextsAsWritten(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	for _, text := range []string{separator, "a" + separator, separator + separator + "b", "\x00", "a\x00b", "\xff\xfe", "é\u2028"} {
		ex := typical(1, 3)
		ex.Request.Method, ex.Request.Target, ex.Request.Host = text, "/"+text, text
		ex.Sender.Event, ex.Handshake, ex.Request.Head = text, text, []byte(text)
		ex.Request.Fields[1].Value = text
		ex.Reply.Fields = []capture.Field{{Name: text, Value: text}}
		ex.Note, ex.Pending = text, []string{text}
		ex.Attempts = []*capture.Attempt{{N: 1, To: text, Err: text, Fields: ex.Request.Fields, Changes: []string{text}}}
		want := mustCommit(t, s, capture.Op{Add: ex})[0].Add
		got, err := s.Get(t.Context(), want.ID)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		ignore := cmp.FilterPath(func(p cmp.Path) bool { return strings.HasSuffix(p.String(), "Body") }, cmp.Ignore())
		if d := cmp.Diff(want, got, ignore); d != "" {
			t.Errorf("%q: %s", text, d)
		}
	}
}

// A row that is not what was written is an error that names it, whether its exchange is
// read by its request, its reply or what was set later.
func TestDamagedRows(t *testing.T) {
	for _, tt := range []struct{ change, table string }{
		{"UPDATE request SET host = 'x'", "request"},
		{"UPDATE request SET size = 9", "request"},
		{"UPDATE request SET host = host || char(31)", "request"},
		{"UPDATE reply SET status = 500", "reply"},
		{"UPDATE reply SET more = more || char(31)", "reply"},
		{"UPDATE meta SET note = 'x'", "meta"},
	} {
		s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
		ex := typical(1, 3)
		ex.Note = "seen"
		id := mustCommit(t, s, capture.Op{Add: ex})[0].Add.ID
		if err := s.writer.exec(tt.change); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), id); !errors.Is(err, errRow) || !strings.Contains(err.Error(), "of table "+tt.table+": 1") {
			t.Errorf("%s: %v", tt.change, err)
		}
	}
}
