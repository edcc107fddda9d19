package stats

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture/filter"
)

func TestCSVHasNoFormulas(t *testing.T) {
	t.Parallel()
	var rows []Row
	for _, event := range []string{"=1+1", "+1", "-1", "@a", "\t=1", "\r=1", "plain", "a=b"} {
		rows = append(rows, Row{Key: Key{Method: "=POST", Path: "/a,\"b\"\n", Event: event}, Count: 1})
	}
	var b bytes.Buffer
	if err := writeCSV(&b, rows); err != nil {
		t.Fatal(err)
	}
	records, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range records[1:] {
		for _, cell := range r {
			if strings.ContainsAny(cell[:min(1, len(cell))], "=+-@\t\r") || strings.ContainsAny(cell, "\n\r\x1b") {
				t.Errorf("row %d has the cell %q", i, cell)
			}
		}
	}
	if got := records[7][1] + records[8][1]; got != "plaina=b" {
		t.Errorf("a plain cell was changed: %q", got)
	}
}

func TestMarkdownIsInert(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := writeMarkdown(&b, []Row{{Key: Key{Method: "POST", Path: "/a|b<img>`", Event: "[x](y)\n| z |"}}}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[2], "| POST /a\\|b\\<img\\>\\` | \\[x\\](y)") {
		t.Errorf("%q", lines)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	r := Row{Key: Key{Method: "POST", Path: "/a", Event: "paid"}, Count: 3, Failed: 1, P95: 12 * time.Millisecond, Last: noon}
	if err := writeJSON(&b, []Row{r}); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	delete(got, "last_hour")
	want := map[string]any{
		"type": "stats", "endpoint": "POST /a", "method": "POST", "path": "/a", "event": "paid", "count": 3., "per_second": 0.,
		"failed": 1., "errors_percent": 33.333, "p50_ms": 0., "p95_ms": 12., "bad_signatures": 0., "retries": 0., "last_seen": "2026-11-23T12:00:30Z",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestFilterFindsTheRow filters with the filter of each row.
func TestFilterFindsTheRow(t *testing.T) {
	t.Parallel()
	tb := New()
	list := changed(
		request(1, "/a", "paid", 200, 0), request(2, "/a/b", "paid", 200, 0), request(3, "/a", "", 200, 0), request(4, "/a*", `x "y", z`, 200, 0),
		request(5, "/a b(c)'d?e=1", "-or", 200, 0), request(6, "", "", 200, 0), request(7, `/a\b`, `\*`, 200, 0), request(8, "=/a", "or", 200, 0),
	)
	tb.Apply(list)
	for _, r := range tb.Rows(noon) {
		text, ok := r.Filter()
		if !ok {
			t.Errorf("%s has no filter", r.Endpoint())
			continue
		}
		f, err := filter.Parse(text, filter.Screen)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, ex := range list.Changed {
			if f.Match(ex, &filter.Env{}) {
				if n++; keyOf(ex) != r.Key {
					t.Errorf("%s finds %s %s", text, ex.Request.Target, ex.Sender.Event)
				}
			}
		}
		if n != 1 {
			t.Errorf("%s finds %d requests, want 1", text, n)
		}
	}
}

// full is a writer that takes nothing.
type full struct{}

var errFull = errors.New("disk full")

func (full) Write([]byte) (int, error) { return 0, errFull }

// What cannot be written is an error in any format.
func TestWhatCannotBeWritten(t *testing.T) {
	t.Parallel()
	for _, f := range Formats() {
		if err := f.Write(full{}, []Row{{Count: 1}}); !errors.Is(err, errFull) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// A row as JSON is what its schema says.
func TestSchemaOfARow(t *testing.T) {
	t.Parallel()
	schema, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	resolved, err := schema.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := writeJSON(&b, []Row{{Key: Key{Method: "POST", Path: "/a"}, Count: 3, Rate: 0.5, Last: noon}, {Other: true}}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(b.String()) {
		var row any
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatal(err)
		}
		if err := resolved.Validate(row); err != nil {
			t.Errorf("%s: %v", line, err)
		}
	}
}
