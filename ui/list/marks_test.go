package list

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"

	"creel/capture"
)

// What is wrong with a request is never what its row is cut for: the path, the
// event and the second half of the outcome are.
func TestUrgentWordsStay(t *testing.T) {
	for w := 24; w <= 140; w++ {
		for _, path := range []string{"/s", "/stripe", "/hooks/stripe/checkout", "/a/very/long/path/that/does/not/fit/anywhere/at/all"} {
			for _, event := range []string{"", "push", "checkout.session.completed"} {
				for _, then := range []capture.Cause{"", capture.CauseRefused} {
					rows := sample()
					ex := rows[5]
					ex.Request.Target, ex.Sender.Event, ex.Attempts = path, event, nil
					ex.Signature.Verdict = capture.Invalid
					if then != "" {
						ex.Attempts = []*capture.Attempt{{N: 1, Cause: then}}
					}
					l := newList(t)
					l.SetSize(w, 12)
					l.SetRows(rows, noon)
					text := ansi.Strip(l.View(true, noon.Add(15*time.Second)))
					if !strings.Contains(text, "BAD SIG") || strings.Count(text, "BAD SIG") < 2 {
						t.Errorf("%d cells, %s %s %s:\n%s", w, path, event, then, line(text, "#412"))
					}
				}
			}
		}
	}
}

func line(text, with string) string {
	for l := range strings.Lines(text) {
		if strings.Contains(l, with) {
			return fmt.Sprintf("%q", l)
		}
	}
	return ""
}
