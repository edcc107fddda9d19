package overlay

import (
	"fmt"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture/reply"
	"creel/capture/safe"
	"creel/capture/stats"
	"creel/forward"
	"creel/ui/uitest/keys"
)

// A click on a row of the breakdown selects it, one on the selected row filters.
func TestClickInTheBreakdown(t *testing.T) {
	filtered := ""
	b := NewBreakdown(testTheme(t), BreakdownSpec{Filter: func(r *stats.Row) tea.Cmd { filtered = r.Path; return nil }}, 80, 10)
	b.Set([]stats.Row{{Key: stats.Key{Method: "POST", Path: "/a"}, Count: 2}, {Key: stats.Key{Method: "POST", Path: "/b"}, Count: 1}}, time.Unix(0, 0))
	for _, c := range []struct {
		y        int
		selected string
		filtered string
		done     bool
	}{{0, "/a", "", false}, {3, "/b", "", false}, {4, "/b", "", false}, {3, "/b", "/b", true}} {
		filtered = ""
		_, done := b.Update(tea.MouseClickMsg{X: 3, Y: c.y, Button: tea.MouseLeft})
		if r, _ := b.selected(); r.Path != c.selected || filtered != c.filtered || done != c.done {
			t.Errorf("line %d: %s is selected, filtered %q, done %v", c.y, r.Path, filtered, done)
		}
	}
}

// The key for it reads the clipboard, which fills an empty dialog only.
func TestCurlOfTheClipboard(t *testing.T) {
	o := NewCurl(testTheme(t), func(text string) (safe.Text, error) { return safe.Line(text), nil }, with[string])
	cmd, done := o.Update(keys.Press(pasteKey.Keys()[0]))
	if cmd == nil || done || fmt.Sprintf("%T", cmd()) != fmt.Sprintf("%T", tea.ReadClipboard()) {
		t.Errorf("the clipboard is not read: %v", done)
	}
	for _, c := range []string{"", "curl http://a", "curl http://b"} {
		o.Update(tea.ClipboardMsg{Content: c})
	}
	if got, done := given(o, "enter"); got != "curl http://a" || !done {
		t.Errorf("%v %v", got, done)
	}
}

// Without targets nothing can be changed but by adding one, and it is said what senders
// get.
func TestNoTargets(t *testing.T) {
	d := NewTargets(testTheme(t), TargetsSpec{Look: func() []forward.Status { return nil }, Now: time.Now, Set: func([]forward.Target) { t.Error("nothing was changed") }})
	given(d, "esc")
	given(d, "space", "d", "J", "K", "o", "i", "s")
	if got := drawn(d, 80, 20); !strings.Contains(got, "No targets: senders get the standing reply.") {
		t.Error(got)
	}
	if got := len(d.Keys()); got != 2 {
		t.Errorf("%d keys", got)
	}
}

// A rule that is for a number of requests says how many it had.
func TestCountOfARule(t *testing.T) {
	for want, i := range map[string]reply.RuleInfo{
		"7×":              {Matched: 7, Used: 7},
		"0 of 3":          {Times: 3},
		"2 of 3":          {Matched: 7, Times: 3, Used: 2},
		"used up, 3 of 3": {Matched: 7, Times: 3, Used: 3},
	} {
		if got := countOf(&i).String(); got != want {
			t.Errorf("%+v: %q, want %q", i, got, want)
		}
	}
}

// What a sender gets is said with where its body comes from.
func TestDescribe(t *testing.T) {
	for want, s := range map[string]reply.Spec{
		"200, empty body": {Statuses: []int{200}},
		"200, 2 bytes of text/plain; charset=utf-8":   {Statuses: []int{200}, Body: "no"},
		"200, the file a.json, read each time":        {Statuses: []int{200}, BodyFile: "a.json"},
		"200, a template over the request":            {Statuses: []int{200}, Template: "{{.}}"},
		"200, the template in a.tmpl, read each time": {Statuses: []int{200}, TemplateFile: "a.tmpl"},
	} {
		if got := describe(&s).String(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

// A dialog about a held request knows which it is, and whether something was written.
func TestHeldIsWritten(t *testing.T) {
	look := HeldNow{Held: true}
	a := NewHeld(testTheme(t), heldSpec(&look, ""))
	if a.ID() != 412 || a.Written() {
		t.Errorf("%v, written %v", a.ID(), a.Written())
	}
	if give(a, "'4"); !a.Written() {
		t.Error("nothing was written")
	}
}

// A share of errors that is not nothing never shows as nothing.
func TestPercentText(t *testing.T) {
	for want, r := range map[string]stats.Row{
		"0 %": {Count: 7}, "<1 %": {Count: 101, Failed: 1}, "1 %": {Count: 100, Failed: 1}, "99 %": {Count: 1000, Failed: 999}, "100 %": {Count: 3, Failed: 3},
	} {
		if got := percentText(&r).String(); got != want {
			t.Errorf("%d of %d: %s, want %s", r.Failed, r.Count, got, want)
		}
	}
}
