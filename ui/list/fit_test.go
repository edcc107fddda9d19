package list

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"creel/capture"
	"creel/capture/safe"
)

// A column that never drops out leaves a narrow list without the others.
func TestAllButTheIDDropOut(t *testing.T) {
	for i := range columns {
		if slices.Contains(leaveFirst, i) == (i == atID) {
			t.Errorf("column %d: in leaveFirst are all but the id", i)
		}
	}
	if len(leaveFirst) != len(columns)-1 {
		t.Errorf("%d of %d columns drop out", len(leaveFirst), len(columns))
	}
}

// Columns stand where they stood when a list comes back to rows that were in sight,
// until the width or the filter changes.
func TestColumnsStandStill(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []*capture.Exchange
		for i := range rapid.IntRange(1, 60).Draw(t, "rows") {
			rows = append(rows, growing(t, capture.ID(407+i)))
		}
		l := newList(t)
		l.SetSize(rapid.IntRange(40, 120).Draw(t, "width"), rapid.IntRange(1, 12).Draw(t, "height"))
		l.SetRows(rows, noon)
		l.Move(-l.Len())
		for range rows {
			l.Move(1)
		}
		stood := *measure(l.w, &l.sizes)
		for range 20 {
			if rapid.Bool().Draw(t, "scroll") {
				l.Scroll(rapid.IntRange(-20, 20).Draw(t, "lines"))
			} else {
				l.Move(rapid.IntRange(-20, 20).Draw(t, "rows"))
			}
			if is := *measure(l.w, &l.sizes); is != stood {
				t.Fatalf("the columns are %v, and were %v", is, stood)
			}
		}
	})
}

// The path gives way to the event, or to the provider where nothing else says what a request
// is, and takes what these do not need: the name of a provider beside its event gives way to it.
func TestThePathGivesWay(t *testing.T) {
	for _, sender := range []capture.Sender{{Provider: "acme-orders"}, {Event: "order.paid.1"}, {Provider: "acme-orders", Event: "x"}, {Provider: "acme", Event: "customer.created"}} {
		l := newList(t)
		l.SetRows([]*capture.Exchange{{
			ID: 1, At: noon, State: capture.StateAnswered, Reply: capture.Reply{Status: 200}, Sender: sender,
			Request: capture.Request{Method: "POST", Target: "/" + strings.Repeat("x", 39)},
		}}, noon)
		text := cmp.Or(sender.Event, sender.Provider)
		for w := 20; w <= 120; w++ {
			l.SetSize(w, 1)
			line := ansi.Strip(l.View(false, noon))
			path, rest, _ := strings.Cut(line[strings.Index(line, "/"):], " ")
			if safe.Line(path).Width() > least.path && strings.HasPrefix(rest, text[:min(2, len(text))]) && !strings.HasPrefix(rest, text) {
				t.Errorf("%d columns have more of the path than they must, and %s is cut:\n%s", w, text, line)
			}
			said, _, _ := strings.Cut(rest, "200")
			blank := len(said) - len(strings.TrimRight(said, " "))
			if strings.Contains(path, "…") && blank > 2+max(0, leastText-len(text)) {
				t.Errorf("%d columns leave %d blank, and the path is cut:\n%s", w, blank, line)
			}
		}
	}
}

// A row that is no longer there for the filter takes no room; neither does one that
// is out of sight when the width changes.
func TestRefit(t *testing.T) {
	wide := &capture.Exchange{ID: 1, Request: capture.Request{Method: "PROPFIND", Target: "/" + strings.Repeat("x", 30)}, Sender: capture.Sender{Event: "e"}}
	rows := []*capture.Exchange{wide}
	for i := range 9 {
		rows = append(rows, &capture.Exchange{ID: capture.ID(2 + i), Request: capture.Request{Method: "GET", Target: "/a"}, Sender: capture.Sender{Event: "e"}})
	}
	for name, refit := range map[string]func(l *List){
		"filter": func(l *List) { l.Refit(); l.SetRows(rows[1:], noon) },
		"width":  func(l *List) { l.SetSize(101, 3); l.SetSize(100, 3) },
	} {
		l := newList(t)
		l.SetSize(100, 3)
		l.SetRows(rows[1:], noon)
		want := *measure(l.w, &l.sizes)
		l.SetRows(rows, noon)
		l.Move(-l.Len())
		l.MoveLast()
		if is := *measure(l.w, &l.sizes); is == want {
			t.Errorf("%s: a row that was in sight takes no room", name)
		}
		refit(l)
		if is := *measure(l.w, &l.sizes); is != want {
			t.Errorf("%s: the columns are %v, want %v", name, is, want)
		}
	}
}

// What is remembered of rows is bounded.
func TestSizesAreBounded(t *testing.T) {
	l := newList(t)
	l.SetSize(100, 20)
	var rows []*capture.Exchange
	for i := range 3 * mostSizes {
		rows = append(rows, &capture.Exchange{
			ID:      capture.ID(1 + i),
			Request: capture.Request{Method: "GET", Target: "/" + strings.Repeat("x", i%60)},
			Sender:  capture.Sender{Provider: "p", Event: fmt.Sprint(strings.Repeat("e", i/60))},
		})
		l.SetRows(rows, noon)
		if n := len(l.sizes.rows); n >= mostSizes+20 {
			t.Fatalf("%d sizes", n)
		}
	}
}
