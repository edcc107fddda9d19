package list

import (
	"strconv"
	"time"

	"creel/capture"
	"creel/capture/safe"
	"creel/ui/theme"
)

// word is one remark on a row; look is chosen when it is drawn.
type word struct {
	text string
	look func(*theme.Theme) theme.Style
}

func plain(t *theme.Theme) theme.Style   { return t.Plain }
func dim(t *theme.Theme) theme.Style     { return t.Dim }
func warn(t *theme.Theme) theme.Style    { return t.Warn }
func badWord(t *theme.Theme) theme.Style { return t.BadWord }
func held(t *theme.Theme) theme.Style    { return t.Held }
func pending(t *theme.Theme) theme.Style { return t.Pending }

// words are the remarks on an exchange, the most urgent first: where there is
// no room for all, the last ones are cut. What a held sender has waited is left
// to drawWords, which knows the time.
func words(ex *capture.Exchange, f *Facts) []word {
	var ws []word
	add := func(is bool, text string, look func(*theme.Theme) theme.Style) {
		if is {
			ws = append(ws, word{text, look})
		}
	}
	r := &ex.Request
	add(r.Malformed != "", "malformed", badWord)
	add(r.Incomplete, "incomplete", warn)
	add(r.Truncated, "truncated", warn)
	add(ex.Verdict.Verdict == capture.Invalid, "BAD SIG", badWord)
	add(ex.Verdict.Verdict == capture.Stale, "STALE", warn)
	// Of a handshake it is no news: it comes before the secret is set up.
	add(ex.Verdict.Verdict == capture.NoSecret && ex.Handshake == "", "no secret", dim)
	add(len(ex.Pending) > 0, "pending", pending)
	add(f.Draft != nil && f.Draft(ex.ID), "draft", pending)
	add(ex.State == capture.StateGone, "gone", warn)
	add(ex.State == capture.StateInterrupted, "interrupted", warn)
	add(ex.Reply.Fault != "", ex.Reply.Fault, plain)
	limit := limitOf(ex, f)
	add(limit > 0 && ex.Reply.Took > limit, "over "+shortDuration(limit), warn)
	add(ex.Handshake != "", "handshake", dim)
	add(f.Duplicate != nil && f.Duplicate(ex), "duplicate", dim)
	add(ex.Sender.Late, "out of order", dim)
	add(ex.Sender.Try > 1, "try "+strconv.Itoa(ex.Sender.Try), plain)
	return ws
}

func limitOf(ex *capture.Exchange, f *Facts) time.Duration {
	if f.Limit == nil || ex.Sender.Provider == "" {
		return 0
	}
	return f.Limit(ex.Sender.Provider)
}

// heldWord says how long a sender has waited, against what it will wait.
func heldWord(ex *capture.Exchange, f *Facts, now time.Time) string {
	waited := strconv.FormatFloat(max(0, now.Sub(ex.At).Seconds()), 'f', 1, 64)
	if limit := limitOf(ex, f); limit > 0 {
		return "held " + waited + " of " + strconv.FormatFloat(limit.Seconds(), 'f', -1, 64) + " s"
	}
	return "held " + waited + "s"
}

func wordsWidth(ex *capture.Exchange, f *Facts) int {
	n := 0
	if ex.State == capture.StateHeld {
		n = len("held 10.0 of 10 s") + 1
	}
	for _, w := range words(ex, f) {
		n += theme.Width(w.text) + 1
	}
	return max(0, n-1)
}

func drawWords(d *drawing, row *theme.Row, w int) {
	ws := words(d.ex, &d.l.Facts)
	if d.ex.State == capture.StateHeld {
		ws = append([]word{{heldWord(d.ex, &d.l.Facts, d.now), held}}, ws...)
	}
	total := 0
	texts := make([]safe.Text, len(ws))
	for i, x := range ws {
		texts[i] = safe.Line(x.text)
		total += texts[i].Width() + 1
	}
	row.Gap(w - (total - 1))
	room := w
	for i, x := range ws {
		if i > 0 {
			row.Gap(1)
			room--
		}
		text := texts[i].Cut(room)
		row.Text(x.look(d.t()), text)
		if room -= text.Width(); room <= 1 {
			return
		}
	}
}

// outcome is what the sender got, and what the newest attempt gave when that
// differs.
func outcome(ex *capture.Exchange) (first string, status int, then string, thenStatus int) {
	status = ex.Reply.Status
	switch {
	case ex.State == capture.StateWaiting || ex.State == capture.StateHeld:
		first, status = "···", 0
	case status == 0:
		first = "—"
	default:
		first = strconv.Itoa(status)
	}
	if n := len(ex.Attempts); n > 0 {
		a := ex.Attempts[n-1]
		switch {
		case a.Cause != "":
			then, thenStatus = string(a.Cause), 500
		case a.Reply.Status != status:
			then, thenStatus = strconv.Itoa(a.Reply.Status), a.Reply.Status
		}
	}
	return first, status, then, thenStatus
}

func outcomeWidth(ex *capture.Exchange) int {
	first, _, then, _ := outcome(ex)
	if then == "" {
		return max(3, theme.Width(first))
	}
	return theme.Width(first) + 3 + len(then)
}

func drawOutcome(d *drawing, row *theme.Row, _ int) {
	t := d.t()
	first, status, then, thenStatus := outcome(d.ex)
	row.Text(t.Status(status), safe.Line(first).PadLeft(3))
	if then != "" {
		row.Gap(1).Lit(t.Dim, t.Arrow).Gap(1).Text(t.Status(thenStatus), safe.Line(then))
	}
}

// shortTook is the time that goes with the last thing outcome says, in at most
// five cells.
func shortTook(ex *capture.Exchange) string {
	if _, _, then, _ := outcome(ex); then != "" {
		return shortDuration(ex.Attempts[len(ex.Attempts)-1].Took)
	}
	if ex.Reply.Status == 0 {
		return ""
	}
	return shortDuration(ex.Reply.Took)
}

// shortDuration is at most five cells: <1ms, 31ms, 4.1s, 25s, 4m, 3h.
func shortDuration(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1ms"
	case d < time.Second:
		return strconv.FormatInt(d.Milliseconds(), 10) + "ms"
	case d < 10*time.Second && d%time.Second != 0:
		return strconv.FormatFloat(d.Truncate(100*time.Millisecond).Seconds(), 'f', 1, 64) + "s"
	case d < time.Minute:
		return strconv.FormatInt(int64(d/time.Second), 10) + "s"
	case d < time.Hour:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
}
