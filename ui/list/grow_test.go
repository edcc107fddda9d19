package list

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"

	"creel/capture"
	"creel/ui/layout"
)

// A wider window says all of a request that a narrower one does: the words of its row
// only become more, also where the list moves beside the detail.
func TestRowsOnlyGrow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var rows []*capture.Exchange
		twice := map[capture.ID]bool{}
		for i := range rapid.IntRange(1, 8).Draw(t, "rows") {
			ex := growing(t, capture.ID(407+i))
			twice[ex.ID] = rapid.Bool().Draw(t, "twice")
			rows = append(rows, ex)
		}
		l := newList(t)
		l.First = 407
		l.Facts.Duplicate = func(ex *capture.Exchange) bool {
			return twice[ex.ID] && ex.Signature.Verdict != capture.Stale && ex.Sender.Try < 2
		}
		l.Facts.Usual = func(capture.ID) time.Duration { return time.Second }
		l.SetRows(rows, noon)
		before, width := make([][]string, len(rows)), 0
		for w := 60; w <= 220; w++ {
			l.SetSize(layout.Compute(w, 45, layout.Options{}).List.W, len(rows))
			lines := strings.Split(ansi.Strip(l.View(false, noon)), "\n")
			for i, ex := range rows {
				said := facts(lines[i], ex)
				for _, fact := range before[i] {
					if !slices.Contains(said, fact) {
						t.Fatalf("%d columns do not say %s, which %d do:\n%s", w, fact, width, lines[i])
					}
				}
				before[i] = said
			}
			width = w
		}
	})
}

// growing is an exchange with up to two remarks.
func growing(t *rapid.T, id capture.ID) *capture.Exchange {
	of := func(name string, list ...string) string { return rapid.SampledFrom(list).Draw(t, name) }
	ex := &capture.Exchange{
		ID: id, At: noon, State: capture.StateAnswered,
		Request:   capture.Request{Method: of("method", "GET", "POST", "DELETE"), Target: of("path", "/", "/hooks", "/github/hooks", "/a/very/long/path/of/an/app")},
		Sender:    capture.Sender{Provider: of("provider", "", "stripe", "github", "mailchannels")},
		Reply:     capture.Reply{Status: 200, Took: 12 * time.Millisecond},
		Signature: capture.Signature{Verdict: rapid.SampledFrom([]capture.Verdict{"", capture.Invalid, capture.NoSecret, capture.Stale}).Draw(t, "verdict")},
	}
	if ex.Sender.Provider != "" {
		ex.Sender.Event = of("event", "", "push", "invoice.paid", "customer.subscription.deleted")
	}
	if ex.Signature.Verdict != capture.Stale && rapid.Bool().Draw(t, "again") {
		ex.Sender.Try = 2
	}
	if cause := of("cause", "", "refused", "timeout"); cause != "" {
		ex.Attempts = []*capture.Attempt{{N: 1, Cause: capture.Cause(cause), Took: 12 * time.Millisecond}}
	}
	return ex
}

// facts are what a line says of an exchange.
func facts(line string, ex *capture.Exchange) (said []string) {
	for _, fact := range []string{
		ex.ID.String(), "13:37:00", ex.Request.Method, "200", "12ms",
		"refused", "timeout", "try 2", "BAD SIG", "STALE", "no secret", "duplicate",
	} {
		if strings.Contains(line, fact) {
			said = append(said, fact)
		}
	}
	for name, text := range map[string]string{"the path": ex.Request.Target, "the event": event(ex, true)} {
		if text != "" && strings.Contains(line, fmt.Sprintf(" %.2s", text)) {
			said = append(said, name)
		}
	}
	return said
}
