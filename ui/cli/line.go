package cli

import (
	"fmt"
	"io"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
)

// textLine is one exchange as a line for people, with its day unless that is today.
// Whatever was captured has gone
// through safe.
func textLine(ex *capture.Exchange, c paint) string {
	var b strings.Builder
	r := &ex.Request
	fmt.Fprintf(&b, "%-5s %s %-6s %s", ex.Name(), timeWords(ex.At, time.Now()), safe.Line(r.Method), brief(r.Target))
	word(&b, "  ", ex.Sender.Provider)
	word(&b, " ", ex.Sender.Event)
	for _, w := range remarks(ex, c) {
		b.WriteString("  " + w)
	}
	b.WriteString("  " + outcome(ex, c))
	return b.String()
}

// timeWords is a time as people of this place read it: with its day unless that is
// today's.
func timeWords(t, now time.Time) string {
	t, now = t.Local(), now.Local()
	if t.Format(time.DateOnly) == now.Format(time.DateOnly) {
		return t.Format(time.TimeOnly)
	}
	return t.Format(time.DateTime)
}

// brief is the beginning of what may be very long.
func brief(s string) string {
	const most = 300
	if len(s) <= most {
		return safe.Line(s).String()
	}
	return safe.Line(s[:most]).String() + "…"
}

func word(b io.StringWriter, sep, s string) {
	if s != "" {
		_, _ = b.WriteString(sep + safe.Line(s).String())
	}
}

// remarks say what is out of the ordinary.
func remarks(ex *capture.Exchange, c paint) []string {
	var w []string
	r := &ex.Request
	if ex.Sender.Try > 1 {
		w = append(w, fmt.Sprintf("try %d", ex.Sender.Try))
	}
	switch ex.Signature.Verdict {
	case capture.Invalid:
		w = append(w, c.verdict(ex.Signature.Verdict, "BAD SIG"))
	case capture.Stale:
		w = append(w, c.verdict(ex.Signature.Verdict, "STALE"))
	case capture.NoSecret:
		w = append(w, c.verdict(ex.Signature.Verdict, provider.Lacks(ex.Signature)))
	}
	for _, x := range []struct {
		on   bool
		word string
	}{
		{ex.Reply.Fault != "", "fault " + ex.Reply.Fault},
		{ex.Sender.Late, "late"},
		{ex.Handshake != "", "handshake"},
		{r.Truncated, "truncated"},
		{r.Incomplete, "incomplete"},
		{r.Malformed != "", "malformed"},
		{len(ex.Pending) > 0, "pending"},
		{ex.Pinned, "pinned"},
	} {
		if x.on {
			w = append(w, x.word)
		}
	}
	return w
}

// outcome says what the sender got and, where it differs, what the newest
// attempt gave.
func outcome(ex *capture.Exchange, c paint) string {
	s := ex.State.String()
	if ex.Reply.Status != 0 {
		s = fmt.Sprint(ex.Reply.Status)
	}
	if ex.State == capture.StateGone {
		s = "gone"
	}
	reply := c.status(ex.Reply.Status, s)
	if len(ex.Attempts) > 0 {
		if a := ex.Attempts[len(ex.Attempts)-1]; attemptResult(a) != s {
			return reply + " → " + attemptText(a, c) + " " + words.Short(a.Took)
		}
	}
	if ex.Reply.Status == 0 {
		return reply
	}
	return reply + " " + words.Short(ex.Reply.Took)
}

// attemptText is the result of an attempt in its colour.
func attemptText(a *capture.Attempt, c paint) string {
	if a.Cause != "" {
		return c.in(red, attemptResult(a))
	}
	return c.status(a.Reply.Status, attemptResult(a))
}

func attemptResult(a *capture.Attempt) string {
	if a.Cause != "" {
		return string(a.Cause)
	}
	return fmt.Sprint(a.Reply.Status)
}

// attemptLine is one attempt as a line for people; id is 0 for one that is not
// of an exchange.
func attemptLine(id capture.ID, a *capture.Attempt, c paint) string {
	s := fmt.Sprintf("→ %s  %s  %s", safe.Line(a.To), attemptText(a, c), words.Short(a.Took))
	signed := "signed"
	if id != 0 {
		s, signed = id.String()+" "+s, "re-signed"
	}
	if a.Edited {
		s += "  edited"
	}
	if a.Signed {
		s += "  " + signed
		if a.SignedURL != "" && a.SignedURL != a.To {
			s += " for " + safe.Line(a.SignedURL).String()
		}
	}
	switch {
	case a.Who != "": // another member of the team
		s += "  by " + safe.Line(a.Who).String()
	case a.By != "":
		s += "  by " + safe.Line(a.By).String()
	}
	if a.Err != "" {
		s += "  " + safe.Line(a.Err).String()
	}
	return s
}
