package list

import (
	"slices"
	"strconv"
	"time"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/theme"
)

// word is one remark on a row; look is chosen when it is drawn.
type word struct {
	text string
	look func(*theme.Theme) theme.Style
	// weight is what the event or the path is cut for this to be said.
	weight weight
}

// weight is how much a word counts.
type weight uint8

const (
	light  weight = iota // all but lightText of it
	urgent               // all but leastText of it
	dire                 // all of it, and the newest attempt
)

func plain(t *theme.Theme) theme.Style   { return t.Plain }
func dim(t *theme.Theme) theme.Style     { return t.Dim }
func warn(t *theme.Theme) theme.Style    { return t.Warn }
func badWord(t *theme.Theme) theme.Style { return t.BadWord }
func held(t *theme.Theme) theme.Style    { return t.Held }
func pending(t *theme.Theme) theme.Style { return t.Pending }

// rowWords are the remarks on an exchange, the most urgent first; heldWords know the time of a hold.
func rowWords(ex *capture.Exchange, f *Facts) []word {
	var ws []word
	add := func(n weight, is bool, text string, look func(*theme.Theme) theme.Style) {
		if is {
			ws = append(ws, word{text, look, n})
		}
	}
	r := &ex.Request
	add(dire, r.Malformed != "", "malformed", badWord)
	add(dire, r.Incomplete, "incomplete", warn)
	add(dire, r.Truncated, "truncated", warn)
	add(dire, ex.Signature.Verdict == capture.Invalid, "BAD SIG", badWord)
	add(dire, ex.Signature.Verdict == capture.Stale, "STALE", warn)
	add(dire, len(ex.Pending) > 0, "pending", pending)
	add(urgent, f.Draft != nil && f.Draft(ex.ID), "draft", pending)
	// What was done to a sender goes before that it is gone, which follows.
	fault := ex.Reply.Fault != ""
	add(dire, fault, string(ex.Reply.Fault), warn)
	add(dire, ex.State == capture.StateGone && !fault, "gone", warn)
	add(light, ex.State == capture.StateGone && fault, "gone", warn)
	add(dire, ex.State == capture.StateInterrupted, "interrupted", warn)
	add(urgent, ex.State == capture.StateImported, "imported", dim)
	limit := limitOf(ex, f)
	add(urgent, limit > 0 && ex.Reply.Took > limit, "over "+words.Short(limit), warn)
	add(urgent, ex.Handshake != "", "handshake", dim)
	add(urgent, f.Duplicate != nil && f.Duplicate(ex), "duplicate", dim)
	add(urgent, ex.Sender.Late, "out of order", dim)
	add(urgent, ex.Sender.Try > 1, "try "+strconv.Itoa(ex.Sender.Try), plain)
	// It says the least, and of a handshake, which comes before the secret is set up, it
	// is no news.
	add(light, ex.Signature.Verdict == capture.NoSecret && len(ws) == 0, provider.Lacks(ex.Signature), dim)
	if f.Looks != nil {
		who := f.Looks(ex.ID)
		add(light, who != "", who+" looks", dim)
	}
	return ws
}

func limitOf(ex *capture.Exchange, f *Facts) time.Duration {
	if f.Limit == nil || ex.Sender.Provider == "" {
		return 0
	}
	return f.Limit(ex.Sender.Provider)
}

// flightDelay is how long an attempt is under way before its row says so.
const flightDelay = 250 * time.Millisecond

// waitingWords say what is waited for, and how long: the first that there is room for.
func waitingWords(ex *capture.Exchange, f *Facts, arrow string, now time.Time) []word {
	if ex.State == capture.StateHeld {
		return heldWords(ex, f, now)
	}
	if f.InFlight == nil {
		return nil
	}
	flight, ok := f.InFlight(ex.ID)
	waited := now.Sub(flight.Since)
	if !ok || waited < flightDelay {
		return nil
	}
	origin := forward.URL{Scheme: flight.To.Scheme, Host: flight.To.Host}
	to := arrow + " " + origin.Short()
	seconds := strconv.Itoa(int(waited/time.Second)) + " s"
	return []word{{to + " since " + seconds, pending, dire}, {to + " " + seconds, pending, dire}, {to, pending, dire}, {arrow, pending, dire}}
}

// heldWords say how long a sender has waited, of what it will: the first that fits.
func heldWords(ex *capture.Exchange, f *Facts, now time.Time) []word {
	waited := strconv.FormatFloat(max(0, now.Sub(ex.At).Seconds()), 'f', 1, 64)
	ws := []word{{"held " + waited + "s", held, urgent}, {"held", held, dire}}
	if limit := limitOf(ex, f); limit > 0 {
		against := "held " + waited + " of " + strconv.FormatFloat(limit.Seconds(), 'f', -1, 64) + " s"
		ws = slices.Insert(ws, 0, word{against, held, light})
	}
	return ws
}

// wordsNeed is the width of all words, of the first unless light, and what they leave of the text.
func wordsNeed(ex *capture.Exchange, f *Facts) (all, first, text int) {
	ws := rowWords(ex, f)
	if ex.State == capture.StateHeld {
		ws = slices.Insert(ws, 0, word{"held 10.0s", held, urgent})
	}
	if len(ws) == 0 {
		return 0, 0, leastText
	}
	first, text = theme.Width(ws[0].text), leastText
	if ws[0].weight == light {
		first = 0
	}
	if ws[len(ws)-1].weight == light {
		text = lightText
	}
	return wordsWidth(ws), first, text
}

// wordsWidth is the width of words with a blank between each.
func wordsWidth(ws []word) int {
	n := len(ws) - 1
	for _, w := range ws {
		n += theme.Width(w.text)
	}
	return max(0, n)
}

// chooseWords are the words that fit, uncut, beside a text that wide; few where there is no time.
func (d *drawing) chooseWords(room, text int) []word {
	var chosen []word
	left := room - 1
	add := func(w word) bool {
		n, beside := theme.Width(w.text), min(text, leastText)
		switch {
		case !d.fit.on[atTime] && (len(chosen) > 0 || w.weight == light):
			return false
		case w.weight == light:
			beside = min(text, lightText)
		case w.weight == dire && len(chosen) == 0:
			beside = 0
		}
		if n+beside > left {
			return false
		}
		left -= n + 1
		chosen = append(chosen, w)
		return true
	}
	for _, w := range waitingWords(d.ex, &d.l.Facts, string(d.t().Arrow), d.now) {
		if add(w) {
			break
		}
	}
	for _, w := range rowWords(d.ex, &d.l.Facts) {
		add(w)
	}
	return chosen
}

// direCells is the width of the first word that counts most, with the blank after it; 0 for none.
func (d *drawing) direCells() int {
	if ws := waitingWords(d.ex, &d.l.Facts, string(d.t().Arrow), d.now); len(ws) > 0 {
		return theme.Width(ws[len(ws)-1].text) + 1
	}
	for _, w := range rowWords(d.ex, &d.l.Facts) {
		if w.weight == dire {
			return theme.Width(w.text) + 1
		}
	}
	return 0
}

func drawWords(d *drawing, row *theme.Row, _ int) {
	for i, w := range d.words {
		if i > 0 {
			row.Gap(1)
		}
		row.Text(w.look(d.t()), safe.Line(w.text))
	}
}

// outcome is what the sender got, and what the newest attempt gave when that differs.
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
	if then != "" && !d.short {
		row.Gap(1).Lit(t.Dim, t.Arrow).Gap(1).Text(t.Status(thenStatus), safe.Line(then))
	}
}

// lastTook is the time that goes with the last thing outcome says.
func lastTook(ex *capture.Exchange) (took time.Duration, ok bool) {
	if _, _, then, _ := outcome(ex); then != "" {
		return ex.Attempts[len(ex.Attempts)-1].Took, true
	}
	return ex.Reply.Took, ex.Reply.Status > 0
}
