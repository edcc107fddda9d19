package list

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
)

// In a team a row says who captured it, from whose machine it was sent on last, and who
// looks at it.
func TestRowsOfATeam(t *testing.T) {
	attempts := func(who ...string) (list []*capture.Attempt) {
		for i, w := range who {
			list = append(list, &capture.Attempt{N: i + 1, Who: w, Reply: capture.Reply{Status: 200}})
		}
		return list
	}
	for _, tt := range []struct {
		origin   string
		attempts []*capture.Attempt
		looks    string
		want     string
	}{
		{"", nil, "", "POST /hook"},
		{"web-0123abcd", nil, "", "web POST /hook"},
		{"web", nil, "ben", "web POST /hook ben looks"},
		{"web", attempts("ana"), "", "web › ana POST /hook"},
		{"web", attempts("ana", "ben", ""), "", "web › ben POST /hook"},
		{"", attempts("ana"), "", "› ana POST /hook"},
		{"node-of-a-long-name", nil, "", "node-of-a-lon… POST /hook"},
	} {
		l := newList(t)
		l.First = 1
		l.SetSize(100, 1)
		if tt.looks != "" {
			l.Facts.Looks = func(capture.ID) string { return tt.looks }
		}
		ex := &capture.Exchange{
			ID: 1, At: noon, State: capture.StateAnswered, Origin: &capture.Origin{Node: tt.origin, Short: "w", ID: 1}, Attempts: tt.attempts,
			Request: capture.Request{Method: "POST", Target: "/hook"}, Reply: capture.Reply{Status: 200},
		}
		l.SetRows([]*capture.Exchange{ex}, noon)
		row := strings.Join(strings.Fields(ansi.Strip(l.View(false, noon))), " ")
		_, row, _ = strings.Cut(row, "13:37:00 ")
		if got := strings.TrimSuffix(row, " 200 <1ms"); got != tt.want {
			t.Errorf("%q, want %q", row, tt.want)
		}
	}
}
