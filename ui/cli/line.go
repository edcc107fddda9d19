package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
)

// whatWidth is how many columns path, sender and event get. What is longer moves the rest.
const whatWidth = 40

// textLine is one exchange as a line for people. Whatever was captured has gone through safe.
func textLine(ex *capture.Exchange, c paint) string { return string(appendLine(nil, ex, c)) }

// appendLine appends the line of [textLine]. Without fmt it costs half.
func appendLine(b []byte, ex *capture.Exchange, c paint) []byte {
	b = append(appendPadded(b, 5, safe.Line(ex.Name())), ' ')
	b = append(appendTime(b, ex.At, time.Now()), ' ')
	b = append(appendPadded(b, 6, safe.Line(ex.Request.Method)), ' ')
	target := brief(ex.Request.Target)
	if sender := strings.TrimSpace(ex.Sender.Provider + " " + ex.Sender.Event); sender != "" {
		b = appendPadded(b, whatWidth, target, safe.Const("  "), safe.Line(sender))
	} else {
		b = appendPadded(b, whatWidth, target)
	}
	b = append(append(b, "  "...), outcome(ex, c)...)
	for _, w := range remarks(ex, c) {
		b = append(append(b, "  "...), w...)
	}
	return b
}

// appendPadded appends the parts, and spaces until they take that many cells.
func appendPadded(b []byte, width int, parts ...safe.Text) []byte {
	for _, t := range parts {
		b = append(b, t.String()...)
		width -= t.Width()
	}
	for ; width > 0; width-- {
		b = append(b, ' ')
	}
	return b
}

// appendTime appends a time as people of this place read it: with its day unless that is
// today's.
func appendTime(b []byte, t, now time.Time) []byte {
	t, now = t.Local(), now.Local()
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.AppendFormat(b, time.TimeOnly)
	}
	return t.AppendFormat(b, time.DateTime)
}

// brief is the beginning of what may be very long.
func brief(s string) safe.Text {
	const most = 300
	if len(s) <= most {
		return safe.Line(s)
	}
	return safe.Join(safe.Text{}, safe.Line(s[:most]), safe.Const("…"))
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
		{ex.Reply.Fault != "", "fault " + string(ex.Reply.Fault)},
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
	if why := ex.Reply.Why(); why != "" && len(ex.Attempts) == 0 { // else the attempt says it
		w = append(w, brief(why).String())
	}
	return w
}

// outcome says what the sender got and, where it differs, what the newest attempt gave.
func outcome(ex *capture.Exchange, c paint) string {
	s := ex.State.String()
	if ex.Reply.Status != 0 {
		s = strconv.Itoa(ex.Reply.Status)
	}
	if ex.State == capture.StateGone {
		s = "gone"
	}
	reply := c.status(ex.Reply.Status, s)
	if len(ex.Attempts) > 0 {
		if a := ex.Attempts[len(ex.Attempts)-1]; a.Outcome() != s {
			return reply + " → " + attemptText(a, c) + " " + words.Short(a.Took)
		}
	}
	if ex.Reply.Status == 0 {
		return reply
	}
	return reply + " " + words.Short(ex.Reply.Took)
}

func attemptText(a *capture.Attempt, c paint) string {
	if a.Cause != "" {
		return c.in(red, a.Outcome())
	}
	return c.status(a.Reply.Status, a.Outcome())
}

// attemptLine is one attempt as a line for people; name is that of its exchange, empty for
// one that is not of an exchange.
func attemptLine(name string, a *capture.Attempt, c paint) string {
	s := fmt.Sprintf("→ %s  %s  %s", safe.Line(a.To), attemptText(a, c), words.Short(a.Took))
	signed := "signed"
	if name != "" {
		s, signed = name+" "+s, "re-signed"
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

// paint colours words of lines for people. Its zero value leaves them as they are.
type paint struct{ on bool }

// The colours, as terminals number them.
const (
	red    = "31"
	green  = "32"
	yellow = "33"
)

// paint is that of standard output.
func (p *program) paint() paint { return paint{p.styled()} }

func (c paint) in(colour, text string) string {
	if !c.on || colour == "" {
		return text
	}
	return "\x1b[" + colour + "m" + text + "\x1b[0m"
}

// status colours the result of an exchange by its status; 0 is none.
func (c paint) status(status int, text string) string {
	switch {
	case status == 0:
		return c.in(yellow, text)
	case status >= 400:
		return c.in(red, text)
	case status >= 300:
		return c.in(yellow, text)
	}
	return c.in(green, text)
}

// verdict colours a word about a signature.
func (c paint) verdict(v capture.Verdict, text string) string {
	colours := map[capture.Verdict]string{
		capture.Valid: green, capture.Invalid: red, capture.Stale: red, capture.NoSecret: yellow,
	}
	return c.in(colours[v], text)
}
