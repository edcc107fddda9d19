package detail

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/provider"
	"creel/capture/safe"
	"creel/ui/uitest/keys"
)

// Only the values of a request's own JSON body, laid out as such, can be changed and
// folded with enter.
func TestValuesOfTheRequestOnly(t *testing.T) {
	values := func(p *Pane) (n int) {
		p.First()
		for range p.sheet().len() {
			if p.AtScalar() || p.AtFold() != body.FoldNone {
				n++
			}
			p.Move(1)
		}
		return n
	}
	request := func() *Pane {
		p := newPane(t, stripeDeps(), 80, 40, false)
		drain(p, p.Show(stripe()))
		return p
	}
	for _, tt := range []struct {
		name string
		pane func() *Pane
		want bool
	}{
		{"as it is", request, true},
		{"as a tree", func() *Pane { p := request(); drain(p, p.ViewAs(body.Tree)); return p }, true},
		{"raw", func() *Pane { p := request(); drain(p, p.ViewAs(body.Raw)); return p }, false},
		{"in hexadecimal", func() *Pane { p := request(); drain(p, p.ViewAs(body.Hex)); return p }, false},
		{"as lines of JSON", func() *Pane { p := request(); drain(p, p.ViewAs("ndjson")); return p }, false},
		{"what jq gave", func() *Pane {
			p := request()
			cmd, _ := p.JQ()
			drain(p, cmd)
			typeIn(p, ".data")
			drain(p, p.Update(keys.Press("enter")))
			return p
		}, false},
		{"headers", func() *Pane { p := request(); drain(p, p.Open(Headers)); return p }, false},
		{"an attempt's response", func() *Pane { p := request(); cmd, _ := p.OpenResponse(); drain(p, cmd); return p }, false},
		{"the pane of the response", func() *Pane {
			p := NewResponse(newTheme(t), stripeDeps())
			p.SetSize(80, 40, false, true)
			drain(p, p.Show(stripe()))
			return p
		}, false},
		{"not quite JSON", func() *Pane {
			p := newPane(t, Deps{}, 80, 40, false)
			drain(p, p.Show(document(1, "application/json", `{"a":1,,"b":[2]}`)))
			return p
		}, false},
		{"nothing", func() *Pane { return newPane(t, Deps{}, 80, 40, false) }, false},
	} {
		if p := tt.pane(); values(p) > 0 != tt.want {
			t.Errorf("%s: values can be changed: %v\n%s", tt.name, !tt.want, p.View(false))
		}
	}
}

// A search that is canceled leaves nothing: no hit to go to, and nothing in the field
// that is opened next.
func TestCanceledSearchIsForgotten(t *testing.T) {
	p := newPane(t, stripeDeps(), 80, 24, false)
	drain(p, p.Show(stripe()))
	p.Search()
	typeIn(p, "il_")
	p.Update(keys.Press("esc"))
	if p.Typing() || p.Next(1) {
		t.Errorf("the field is open: %v, and there are hits", p.Typing())
	}
	p.Search()
	if text := p.prompt.field.Value(); text != "" {
		t.Errorf("the field has %q", text)
	}
	typeIn(p, "il_")
	p.Update(keys.Press("enter"))
	p.Search()
	if text := p.prompt.field.Value(); text != "il_" {
		t.Errorf("the field has %q, want what is searched for", text)
	}
}

// The line of the signature says in one sentence what it is worth now.
func TestSignatureInOneSentence(t *testing.T) {
	at := func(ago time.Duration, canSign bool) provider.Result {
		return provider.Result{HasTime: true, Tol: 5 * time.Minute, At: noon.Add(-ago), CanSign: canSign}
	}
	noTime, noTolerance := at(0, true), at(0, true)
	noTime.HasTime, noTolerance.Tol = false, 0
	valid := capture.Signature{Verdict: capture.Valid}
	invalid := func(reason capture.Reason, text string) capture.Signature {
		return capture.Signature{Verdict: capture.Invalid, Reason: reason, Explanation: text}
	}
	noSecret := func(reason capture.Reason, text string) capture.Signature {
		return capture.Signature{Verdict: capture.NoSecret, Reason: reason, Explanation: text}
	}
	for _, tt := range []struct {
		is    capture.Signature
		now   provider.Result
		enter bool
		width int
		want  string
	}{
		{valid, noTime, false, 100, "Signature valid when it came"},
		{valid, noTolerance, false, 100, "Signature valid when it came"},
		{valid, at(4*time.Minute, true), false, 100, "Signature valid when it came · good for 60 s more"},
		{valid, at(5*time.Minute, true), false, 100, "Signature valid when it came · good for <1 ms more"},
		{valid, at(5*time.Minute+1, true), false, 100, "Signature valid when it came · 5 min old now: a resend re-signs it"},
		{valid, at(time.Hour, false), false, 100, "Signature valid when it came · 60 min old now, and cannot be renewed"},
		{valid, at(time.Hour, true), false, 69, "Signature valid when it came · 60 min old now: a resend re-signs it"},
		{valid, at(time.Hour, true), false, 68, "Signature valid · 60 min old now: a resend re-signs it"},
		{valid, at(time.Hour, true), false, 56, "Signature valid · 60 min old now: a resend re-signs it"},
		{valid, at(time.Hour, true), false, 55, "Signature valid · 60 min old now"},
		{invalid(provider.Mismatch, "the body was changed"), noTime, false, 100, "BAD SIG the body was changed"},
		{invalid(provider.Mismatch, ""), noTime, false, 100, "BAD SIG Signature does not match: wrong secret, or the body was changed on the way"},
		{invalid(provider.Missing, ""), noTime, false, 100, "BAD SIG a header field of the signature is missing"},
		{invalid(provider.Malformed, ""), noTime, false, 100, "BAD SIG a header field of the signature cannot be read"},
		{invalid(provider.NoKnown, ""), noTime, false, 100, "BAD SIG none of the signatures is of a kind that creel knows"},
		{invalid("another_reason", ""), noTime, false, 100, "BAD SIG another_reason"},
		{capture.Signature{Verdict: capture.Stale, Reason: provider.Tolerance}, noTime, false, 100, "STALE the signature is right, its time is not near enough"},
		{noSecret("", ""), noTime, false, 100, "Signed, not checked: no secret is known"},
		{noSecret("", "signed, but no secret for Stripe is known: --secret stripe=SECRET"), noTime, false, 100, "Signed, not checked: no secret for Stripe is known: --secret stripe=SECRET"},
		{noSecret("", "signed, but no secret for Stripe is known: --secret stripe=SECRET"), noTime, true, 100, "Signed, not checked: no secret for Stripe is known: 6 and enter ask for it"},
		{noSecret("", "signed, but by another key"), noTime, true, 100, "Signed, not checked: by another key"},
		{noSecret(provider.NoKnown, "unknown signature in X-Sig"), noTime, true, 100, "Unknown signature in X-Sig"},
		{capture.Signature{Explanation: "Stripe signs"}, noTime, false, 100, "Not signed: Stripe signs"},
		{capture.Signature{}, noTime, false, 100, "Not signed"},
	} {
		d := Deps{}
		if tt.enter {
			d.Enter = func(*capture.Exchange) safe.Text { return safe.Const("enter the secret") }
		}
		p := newPane(t, d, tt.width, 20, false)
		p.ex, p.sign = &capture.Exchange{Signature: tt.is}, signature{known: true, result: tt.now}
		var got strings.Builder
		for _, s := range p.signatureLine() {
			got.WriteString(s.text.String())
		}
		if d := cmp.Diff(tt.want, got.String()); d != "" {
			t.Errorf("%+v: %s", tt.is, d)
		}
	}
}
