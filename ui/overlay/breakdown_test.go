package overlay

import (
	"fmt"
	"testing"
	"time"

	"creel/capture/stats"
	"creel/ui/theme"
)

// A wider breakdown has all the columns of a narrower one, and cuts no name for the
// sake of a light one.
func TestWiderBreakdownShowsNoLess(t *testing.T) {
	th, _ := theme.New(theme.Options{Colors: theme.NoColors})
	b := NewBreakdown(th, BreakdownSpec{}, 80, 20)
	var rows []stats.Row
	for i, path := range []string{"/a", "/orders/4711/items", "/stripe"} {
		rows = append(rows, stats.Row{Key: stats.Key{Method: "POST", Path: path, Event: []string{"", "push", "customer.subscription.deleted"}[i]}, Count: i + 1})
	}
	b.Set(rows, time.Now())
	before := map[string]int{}
	for w := 80; w < 220; w++ {
		shown, light := map[string]int{}, false
		for _, c := range b.fit(w) {
			shown[c.title] = c.cells
			light = light || c.rank <= lightRank
		}
		for title, cells := range before {
			if n, ok := shown[title]; !ok || n < min(cells, map[string]int{"endpoint": b.endpoint.longest(), "event": b.event.longest()}[title]) {
				t.Errorf("%d columns: %s has %d cells, %d before", w, title, n, cells)
			}
		}
		if light && (shown["endpoint"] < b.endpoint.longest() || shown["event"] < b.event.longest()) {
			t.Errorf("%d columns: a name is cut: %v", w, fmt.Sprint(shown))
		}
		before = shown
	}
	if _, ok := before["retries"]; !ok {
		t.Errorf("not every column is there: %v", before)
	}
}

// Room goes where it lets the most names be read whole: one long path does not cut every
// event.
func TestBreakdownCutsFewNames(t *testing.T) {
	th, _ := theme.New(theme.Options{Colors: theme.NoColors})
	b := NewBreakdown(th, BreakdownSpec{}, 80, 20)
	rows := []stats.Row{{Key: stats.Key{Method: "PUT", Path: "/a/very/long/path/that/goes/on/and/on"}}}
	for _, event := range []string{"checkout.session.completed", "customer.subscription.deleted", "invoice.payment_failed"} {
		rows = append(rows, stats.Row{Key: stats.Key{Method: "POST", Path: "/stripe", Event: event}})
	}
	b.Set(rows, time.Now())
	for _, c := range b.fit(80) {
		switch c.title {
		case "endpoint":
			if c.cells < len("POST /stripe") {
				t.Errorf("the endpoints have %d cells", c.cells)
			}
		case "event":
			if cut := b.event.cut(c.cells); cut > 1 {
				t.Errorf("%d events are cut in %d cells", cut, c.cells)
			}
		}
	}
}
