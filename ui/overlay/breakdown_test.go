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
			if n, ok := shown[title]; !ok || n < min(cells, map[string]int{"endpoint": b.endpoint, "event": b.event}[title]) {
				t.Errorf("%d columns: %s has %d cells, %d before", w, title, n, cells)
			}
		}
		if light && (shown["endpoint"] < b.endpoint || shown["event"] < b.event) {
			t.Errorf("%d columns: a name is cut: %v", w, fmt.Sprint(shown))
		}
		before = shown
	}
	if _, ok := before["retries"]; !ok {
		t.Errorf("not every column is there: %v", before)
	}
}
