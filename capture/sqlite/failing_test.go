package sqlite

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/ringtest"
)

// unreadableBody is a journal whose bodies cannot be read.
type unreadableBody struct{}

var errUnreadable = errors.New("unreadable")

func (unreadableBody) Body(context.Context, capture.BodyRef) ([]byte, error) {
	return nil, errUnreadable
}

// Whatever statement of a commit fails, the commit does, and nothing of it is there.
func TestAnyStatementThatFails(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	large := capture.NewBody(make([]byte, inlineResponse+1))
	attempt := capture.Attempt{To: "http://a", Body: large, Reply: capture.Reply{Status: 200, Body: large}}
	full := func() *capture.Exchange {
		return &capture.Exchange{
			Request: capture.Request{Method: "POST", Body: large}, State: capture.StateAnswered, Reply: capture.Reply{Status: 200, Body: large},
			Note: "note", Attempts: []*capture.Attempt{{N: 1, To: "http://a", Body: large}},
		}
	}
	id := mustCommit(t, s, capture.Op{Add: full()})[0].Add.ID
	again := func() *capture.Exchange { ex := full(); ex.ID = id; return ex }
	note := "other"
	ops := map[string]capture.Op{
		"add":     {Add: full()},
		"again":   {Add: again()},
		"reply":   {Reply: &capture.ReplySet{ID: id, State: capture.StateAnswered, Reply: capture.Reply{Status: 201, Body: large}}},
		"attempt": {Attempt: &capture.AttemptAdd{ID: id, Attempt: attempt}},
		"trim":    {Attempt: &capture.AttemptAdd{ID: id, Attempt: attempt, Forget: 1}},
		"meta":    {Meta: &capture.Meta{ID: id, Note: &note}},
		"delete":  {Delete: []capture.ID{id}},
		"evict":   {Evict: []capture.ID{id}},
		"nothing": {Gauge: &capture.Gauge{}},
	}
	before := ringtest.Load(t, openTest(t, s.path, Read))
	for event, touched := range map[string]string{
		"INSERT ON request": "add again", "INSERT ON body": "add again reply attempt trim", "INSERT ON reply": "add again reply",
		"INSERT ON meta": "add again trim meta", "INSERT ON attempt": "add again attempt trim",
		"INSERT ON change":  "add again reply attempt trim meta delete evict nothing",
		"DELETE ON request": "again delete evict", "DELETE ON body": "again trim delete evict", "DELETE ON reply": "again delete evict",
		"DELETE ON meta": "again delete evict", "DELETE ON attempt": "again delete evict", "DELETE ON change": "",
	} {
		if err := s.writer.exec("CREATE TEMP TRIGGER broken BEFORE " + event + " BEGIN SELECT RAISE(ABORT, 'broken'); END"); err != nil {
			t.Fatal(err)
		}
		for name, op := range ops {
			if !strings.Contains(" "+touched+" ", " "+name+" ") {
				continue
			}
			if _, err := s.Commit(t.Context(), op); err == nil || !strings.Contains(err.Error(), "broken") {
				t.Errorf("%s fails in %s: %v", event, name, err)
			}
		}
		if err := s.writer.exec("DROP TRIGGER broken"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(before, ringtest.Load(t, openTest(t, s.path, Read)), ringtest.Equal(t)); diff != "" {
		t.Error(diff)
	}
	if got := mustCommit(t, s, capture.Op{Add: full()})[0].Add.ID; got != id+1 {
		t.Errorf("the next id is %v", got)
	}
}

// A body that cannot be read is not kept as something else: what it belongs to fails.
func TestBodiesThatCannotBeReadAreNotKept(t *testing.T) {
	s := openTest(t, filepath.Join(t.TempDir(), "h.db"), Capture)
	id := mustCommit(t, s, capture.Op{Add: &capture.Exchange{}})[0].Add.ID
	for _, size := range []int64{inlineResponse, inlineResponse + 1} {
		bad := capture.StoredBody(unreadableBody{}, 1, size)
		reply := capture.Reply{Status: 200, Body: bad}
		for what, op := range map[string]capture.Op{
			"request":             {Add: &capture.Exchange{Request: capture.Request{Body: bad}}},
			"reply":               {Add: &capture.Exchange{State: capture.StateAnswered, Reply: reply}},
			"attempt":             {Add: &capture.Exchange{Attempts: []*capture.Attempt{{N: 1, Body: bad}}}},
			"a later reply":       {Reply: &capture.ReplySet{ID: id, Reply: reply}},
			"a later attempt":     {Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{Body: bad}}},
			"a response":          {Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{SameBody: true, Reply: reply}}},
			"a response, of many": {Attempt: &capture.AttemptAdd{ID: id, Attempt: capture.Attempt{Body: capture.NewBody([]byte("x")), Reply: reply}}},
		} {
			if _, err := s.Commit(t.Context(), op); !errors.Is(err, errUnreadable) {
				t.Errorf("%s of %d bytes: %v", what, size, err)
			}
		}
	}
	if list := ringtest.Load(t, openTest(t, s.path, Read)); len(list) != 1 || len(list[0].Attempts) != 0 {
		t.Errorf("kept: %d", len(list))
	}
}

// Of a log that was cut off only whole transactions count.
func TestTransactionsCutOff(t *testing.T) {
	db, log := crashed(t, 3)
	at := lastCommit(log)
	for _, tt := range []struct {
		what      string
		cut, want int
	}{
		{"all", len(log), 3},
		{"without the end of the last one", at, 2},
		{"without all but one page of it", at - frameHead - pageBytes, 2},
		{"nothing", logHead, 0},
	} {
		path := filepath.Join(t.TempDir(), "h.db")
		if err := errors.Join(os.WriteFile(path, db, 0o600), os.WriteFile(path+"-wal", log[:tt.cut], 0o600)); err != nil {
			t.Fatal(err)
		}
		if got := len(rowsIn(t, path, &requests)); got != tt.want {
			t.Errorf("%s: %d requests, want %d", tt.what, got, tt.want)
		}
	}
}

// rowsIn are the whole rows of a table on the pages of a file and its log.
func rowsIn(t *testing.T, path string, of *table) map[int64][]driver.Value {
	t.Helper()
	p, err := openPages(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	found := map[int64][]driver.Value{}
	for number := int64(1); number <= p.last; number++ {
		for _, c := range p.cells(number) {
			if row, ok := values(c.record); ok && tableOf(c.id, row) == of {
				found[c.id] = row
			}
		}
	}
	return found
}

// A file says what it is to other programs, and keeps to what the reader of damaged files
// takes for granted.
func TestHeadOfTheFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	openTest(t, path, Capture).Close()
	head, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	number := func(at int) uint32 { return binary.BigEndian.Uint32(head[at:]) }
	if size, app, version, vacuum := binary.BigEndian.Uint16(head[16:]), number(68), number(60), number(64); !bytes.HasPrefix(head, []byte(magic)) ||
		size != pageBytes || app != applicationID || version != schemaVersion || vacuum != 1 || head[18] != 2 {
		t.Errorf("pages of %d, application %x, version %d, vacuum %d, mode %d", size, app, version, vacuum, head[18])
	}
}

// Rows of each length are read as SQLite writes them: at the bounds of a page, and where
// they go on in others.
func TestRowsOfEachLength(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	lengths := []int{0, 1, 127, 128, 16383, 16384, 70_000}
	for n := pageBytes - 60; n <= pageBytes-20; n++ {
		lengths = append(lengths, n)
	}
	for _, pages := range []int{1, 2} {
		for d := -40; d <= 10; d += 5 {
			lengths = append(lengths, pages*(pageBytes-4)+d, pages*(pageBytes-4)+1003+d)
		}
	}
	for i, n := range lengths {
		if err := bodies.put(s.writer, int64(i+1), bytes.Repeat([]byte{byte(i)}, n)); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	found := rowsIn(t, path, &bodies)
	for i, n := range lengths {
		if row := found[int64(i+1)]; row == nil || len(bytesOf(row[1])) != n {
			t.Errorf("a row of %d bytes: %v", n, row != nil)
		}
	}
}

// Numbers of each length are read as SQLite writes them.
func TestNumbersOfEachLength(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	var want []int64
	for shift := range 63 {
		for _, d := range []int64{-1, 0, 1} {
			want = append(want, int64(1)<<shift+d, -(int64(1)<<shift + d))
		}
	}
	for i, n := range want {
		row := append([]driver.Value{int64(i + 1)}, make([]driver.Value, len(requests.columns))...)
		row[1] = n
		if err := requests.put(s.writer, row...); err != nil {
			t.Fatal(err)
		}
	}
	s.Close()
	found := rowsIn(t, path, &requests)
	for i, n := range want {
		if row := found[int64(i+1)]; row == nil || row[1] != n {
			t.Errorf("%d is read as %v", n, row)
		}
	}
	if n, rest, ok := varint([]byte("\xff\xff\xff\xff\xff\xff\xff\xff\xffx")); !ok || n != 1<<64-1 || string(rest) != "x" {
		t.Errorf("nine bytes: %x, %q, %v", n, rest, ok)
	}
	if _, _, ok := varint([]byte("\xff\xff\xff\xff\xff\xff\xff\xff")); ok {
		t.Error("a number that is cut off is read")
	}
}

// How far a history is published to a team is kept.
func TestPublishedIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	for i, want := range []string{" 0 0", "n1 7 9", "n2 8 10"} {
		s := openTest(t, path, Capture)
		node, id, seq, err := s.Published(t.Context())
		if got := fmt.Sprint(node, " ", uint64(id), " ", seq); err != nil || got != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
		if err := s.SetPublished(t.Context(), fmt.Sprint("n", i+1), capture.ID(7+i), uint64(9+i)); err != nil {
			t.Error(err)
		}
		s.Close()
		if _, _, _, err := s.Published(t.Context()); err == nil {
			t.Error("it is read of a history that is closed")
		}
	}
}

// Reading stops where its reader does, and ends with its context.
func TestReadingStops(t *testing.T) {
	path := filepath.Join(t.TempDir(), "h.db")
	s := openTest(t, path, Capture)
	for i := range 3 {
		mustCommit(t, s, capture.Op{Add: typical(i, 10)})
	}
	other := openTest(t, path, Write)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for what, read := range map[string]func(ctx context.Context) (n int, err error){
		"select": func(ctx context.Context) (n int, err error) {
			for _, err := range other.Select(ctx, Query{}) {
				return 1, err
			}
			return 0, nil
		},
		"all": func(ctx context.Context) (n int, err error) {
			for _, err := range other.Changes(ctx, 0) {
				return 1, err
			}
			return 0, nil
		},
		"changes": func(ctx context.Context) (n int, err error) {
			for _, err := range other.Changes(ctx, 2) {
				return 1, err
			}
			return 0, nil
		},
	} {
		if n, err := read(t.Context()); n != 1 || err != nil {
			t.Errorf("%s: %d, %v", what, n, err)
		}
		if n, err := read(ended); n != 1 || !errors.Is(err, context.Canceled) {
			t.Errorf("%s, ended: %d, %v", what, n, err)
		}
	}
}
