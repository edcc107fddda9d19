package detail

import (
	"cmp"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/capture/words"
)

// signature is what checking gave; the zero value is not checked.
type signature struct {
	result provider.Result
	err    error
	known  bool
}

// quickCheck is the largest body that is checked at once: to explain a mismatch reads it a dozen times.
const quickCheck = 64 << 10

// checkSignature verifies the signature as of now, as a resend would meet it.
func (p *Pane) checkSignature() tea.Cmd {
	if p.ex == nil || p.deps.Check == nil || unsigned(p.ex) && p.ex.Sender.Provider == "" {
		return nil
	}
	ctx, ex, now := p.deps.Ctx, p.ex, p.deps.Now()
	check := func() signature {
		r, err := p.deps.Check(ctx, ex, now)
		return signature{r, err, true}
	}
	if b := ex.Request.Body; !p.deps.CheckWaits && b.InMemory() && b.Size() <= quickCheck {
		p.sign = check()
		return nil
	}
	return p.later(func() func() tea.Cmd {
		s := check()
		return func() tea.Cmd { p.checked(ex.ID, s); return nil }
	})
}

func (p *Pane) checked(id capture.ID, s signature) {
	if p.ex == nil || id != p.ex.ID {
		return
	}
	p.sign = s
	p.sheets[Signature].built = false
	if p.tab == Signature {
		p.build()
	}
}

func (p *Pane) signatureLine() []span {
	if p.ex == nil {
		return nil
	}
	v := p.ex.Signature
	switch v.Verdict {
	case capture.Valid:
		when := safe.Const("Signature valid when it came")
		age, brief := p.age()
		if when.Width()+age.Width() > p.room() {
			when = safe.Const("Signature valid")
		}
		if when.Width()+age.Width() > p.room() {
			age = brief
		}
		return []span{{plain, when}, {dim, age}}
	case capture.Invalid:
		return []span{{badWord, safe.Const("BAD SIG ")}, {plain, why(v)}}
	case capture.Stale:
		return []span{{warn, safe.Const("STALE ")}, {plain, why(v)}}
	case capture.NoSecret:
		if v.Reason == provider.NoKnown {
			return []span{{plain, safe.Line("Unknown signature" + strings.TrimPrefix(v.Explanation, "unknown signature"))}}
		}
		text := v.Explanation
		if missing, ok := provider.WithoutHint(text); ok && p.deps.Enter != nil {
			text = missing + ": 6 and enter ask for it"
		}
		text = cmp.Or(strings.TrimPrefix(text, "signed, but "), "no secret is known")
		return []span{{dim, safe.Line("Signed, not checked: " + text)}}
	}
	if v.Explanation != "" {
		return []span{{plain, safe.Line("Not signed: " + v.Explanation)}}
	}
	return []span{{dim, safe.Const("Not signed")}}
}

// age says how old a valid signature is, in full with what that means for a resend.
func (p *Pane) age() (full, brief safe.Text) {
	r := p.sign.result
	if !p.sign.known || !r.HasTime || r.Tol == 0 {
		return full, brief
	}
	age := p.deps.Now().Sub(r.At)
	if age <= r.Tol {
		full = safe.Linef(" · good for %s more", words.Duration(r.Tol-age))
		return full, full
	}
	brief = safe.Linef(" · %s old now", words.Duration(age))
	if r.CanSign {
		return safe.Concat(brief, safe.Const(": a resend re-signs it")), brief
	}
	return safe.Concat(brief, safe.Const(", and cannot be renewed")), brief
}

// why is what stands against a signature, in words.
func why(v capture.Signature) safe.Text {
	if v.Explanation != "" {
		return safe.Line(v.Explanation)
	}
	return safe.Line(cmp.Or(reasons[v.Reason], string(v.Reason)))
}

var reasons = map[capture.Reason]string{
	provider.Mismatch:  "Signature does not match: wrong secret, or the body was changed on the way",
	provider.Tolerance: "the signature is right, its time is not near enough",
	provider.NoKnown:   "none of the signatures is of a kind that creel knows",
	provider.Missing:   "a header field of the signature is missing",
	provider.Malformed: "a header field of the signature cannot be read",
}

func (p *Pane) buildSignature(s *sheet) tea.Cmd {
	v := p.ex.Signature
	s.view, s.content = nil, nil
	if unsigned(p.ex) && p.ex.Sender.Provider == "" {
		s.empty = safe.Const("not signed")
		return nil
	}
	s.head = append(s.head, pair("Arrived", wordOf(v.Verdict)))
	if text := why(v); !text.Empty() {
		s.head = append(s.head, sentence("", span{plain, text}))
	}
	if p.deps.Enter != nil {
		if does := p.deps.Enter(p.ex); !does.Empty() {
			s.head = append(s.head, sentence("enter", span{plain, does}))
		}
	}
	if !p.sign.known {
		if p.deps.Check != nil {
			s.head = append(s.head, row{spans: []span{{dim, safe.Const("checking…")}}})
		}
		return nil
	}
	if p.sign.err != nil {
		s.head = append(s.head, pair("", span{badWord, safe.Line(p.sign.err.Error())}))
		return nil
	}
	r := p.sign.result
	if r.Signature.Verdict != v.Verdict {
		s.head = append(s.head, pair("Now", wordOf(r.Signature.Verdict)), sentence("", span{plain, why(r.Signature)}))
	}
	s.head = append(s.head, p.signatureRows(&r)...)
	return p.signedContent(s, r.Content)
}

func wordOf(verdict capture.Verdict) span {
	switch verdict {
	case capture.Invalid:
		return span{badWord, safe.Const("BAD SIG")}
	case capture.Stale:
		return span{warn, safe.Const("STALE")}
	case capture.NoSecret:
		return span{plain, safe.Const("no secret to check it with")}
	case capture.Valid:
		return span{plain, safe.Const("valid")}
	}
	return span{plain, safe.Const("not signed")}
}

// comparedRows shows the signatures that came above the right one, and says what to check.
func comparedRows(r *provider.Result) []row {
	var rows []row
	best := 0 // of the characters of Expected that one of them begins with
	for _, got := range r.Received {
		same := len(got)
		if r.Expected != "" {
			for same = 0; same < min(len(got), len(r.Expected)) && got[same] == r.Expected[same]; {
				same++
			}
			best = max(best, same)
		}
		rows = append(rows, pair("Received", span{plain, safe.Line(got[:same])}, span{badWord, safe.Line(got[same:])}))
	}
	if r.Expected != "" {
		if len(r.Received) == 0 {
			best = len(r.Expected)
		}
		rows = append(rows, pair("Expected", span{plain, safe.Line(r.Expected[:best])}, span{warn, safe.Line(r.Expected[best:])}))
		if best > 0 && best < len(r.Expected) {
			rows = append(rows, pair("Differs", span{plain, safe.Linef("from character %d of %d on", best+1, len(r.Expected))}))
		}
	}
	if r.Signature.Verdict != capture.Invalid || r.Signature.Reason != provider.Mismatch || r.Signature.Explanation != "" {
		return rows
	}
	return append(rows, sentence("To check", span{plain, safe.Line(toCheck(r))}))
}

func toCheck(r *provider.Result) string {
	what := "is it the secret of this endpoint, in this environment? does a proxy, a relay or a framework change the body before it comes here?"
	if r.URL != "" {
		what = "is the URL below what the sender calls (--public-url)? it is signed. " + what
	}
	return what
}

func (p *Pane) signatureRows(r *provider.Result) []row {
	rows := []row{pair("Sender", span{plain, safe.Line(cmp.Or(r.Title, r.Provider))}), sentence("Scheme", span{plain, safe.Line(r.Scheme)})}
	rows = append(rows, comparedRows(r)...)
	if r.URL != "" {
		rows = append(rows, pair("URL", span{plain, safe.Line(r.URL)}))
	}
	if r.HasTime {
		text := r.At.Local().Format(time.DateTime) + ", " + besideArrival(p.ex.At.Sub(r.At))
		if r.Tol > 0 {
			text += "; " + words.Duration(r.Tol) + " are allowed"
		}
		rows = append(rows, pair("Time", span{plain, safe.Line(text)}))
	}
	renewal := span{dim, safe.Const("only the sender can sign")}
	switch {
	case r.CanSign:
		renewal = span{plain, safe.Const("possible with the secret")}
	case r.DevKey:
		renewal.text = safe.Const("only the sender can sign, or a development key: enter, ctrl+g")
	}
	return append(rows, sentence("Renewal", renewal))
}

// besideArrival says how long before a request came, or after, its signature was made.
func besideArrival(early time.Duration) string {
	switch {
	case early.Abs() < time.Second:
		return "when it came"
	case early < 0:
		return words.Duration(-early) + " after it came"
	}
	return words.Duration(early) + " before it came"
}

func (p *Pane) signedContent(s *sheet, content []byte) tea.Cmd {
	if len(content) == 0 {
		return nil
	}
	s.bare = true
	s.head = append(s.head, row{}, row{spans: []span{{title, safe.Linef("Signed content, %d bytes", len(content))}}})
	return p.load(s, capture.NewBody(content), nil, "raw")
}
