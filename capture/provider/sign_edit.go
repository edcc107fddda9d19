package provider

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"creel/capture"
)

// EditState is what an edit did to the signature of a request.
type EditState uint8

// The states of an edit.
const (
	EditUnsigned EditState = iota // there is no signature to break
	EditValid                     // it is right as it stands
	EditRenewed                   // it is not, and signing makes it so
	EditBroken                    // it is not, and cannot be renewed
	EditUnknown                   // untouched, and no secret to check it with
)

// Edit says in words what an edit did to the signature, for the line in the
// editor.
type Edit struct {
	State    EditState
	Provider string
	Text     string
	// Renewable: the signature can be renewed, due or not.
	Renewable bool
}

// Always is the edit when every signature that can be is renewed, which is what
// --sign always asks for.
func (e Edit) Always() Edit {
	if e.State == EditValid && e.Renewable {
		e.State, e.Text = EditRenewed, fmt.Sprintf("valid, renewed on send all the same (%s, now)", e.Provider)
	}
	return e
}

// Edited compares an edited request with the exchange it came from. With
// --sign auto a request is to be signed when the state is EditRenewed.
func (s *Set) Edited(ctx context.Context, was *capture.Exchange, req *capture.Request, now time.Time) Edit {
	m, row, err := s.open(ctx, req, Options{})
	if row == nil && err == nil {
		row = s.scheme(was.Sender.Provider)
	}
	if err != nil || row == nil || !row.signs() {
		return Edit{Text: "not signed"}
	}
	e := Edit{Provider: row.Provider}
	m.now = now
	// The sender called the host that was captured, wherever this one goes.
	called := *req
	called.Host, called.TLS = was.Request.Host, was.Request.TLS
	m.urls = urlsOf(&called, s.publicURL(was))
	known := s.secretsFor(row, req.Target)
	c := row.readClaim(m)
	switch {
	case c.absent:
		e.Text = "not signed"
	case len(known) == 0:
		e.unchecked(ctx, row, was, m)
	default:
		e.checked(row, was, row.check(m, checking{secrets: known}), row.renewable(known))
	}
	return e
}

// unchecked words an edit for which there is no secret: all that is known
// is whether what was signed is still the same.
func (e *Edit) unchecked(ctx context.Context, row *Scheme, was *capture.Exchange, m *message) {
	body, err := was.Request.Body.Bytes(ctx)
	old := &message{req: &was.Request, body: body, urls: m.urls, now: m.now}
	why := "no secret known for " + row.Provider
	if err == nil && bytes.Equal(row.anyContent(old), row.anyContent(m)) {
		e.State, e.Text = EditUnknown, "untouched, but not checked: "+why
		return
	}
	if !row.symmetric() {
		why = "asymmetric"
	}
	e.State, e.Text = EditBroken, "broken by this edit, cannot be renewed: "+why
}

// anyContent is what is signed, with the secret and the signature left out.
func (s *Scheme) anyContent(m *message) []byte {
	c := s.readClaim(m)
	if len(c.sigs) == 0 {
		return nil
	}
	all, _ := s.contentsOf(m, &c, 0, hidden)
	if len(all) == 0 {
		return nil
	}
	return append(bytes.Clone(all[0]), c.sigs[0].raw...)
}

func (e *Edit) checked(row *Scheme, was *capture.Exchange, r Result, renewable bool) {
	e.Renewable = renewable
	why := "broken by this edit"
	switch {
	case r.Signature.Verdict == capture.Valid:
		e.State, e.Text = EditValid, "valid"
		return
	case r.Signature.Verdict == capture.Stale:
		why = "expired"
	case r.Signature.Verdict == capture.NoSecret:
		why = "not the development key's"
	case was.Signature.Verdict == capture.Invalid:
		why = "not valid when it came"
	}
	if !renewable {
		e.State, e.Text = EditBroken, why+", cannot be renewed: asymmetric"
		return
	}
	e.State, e.Text = EditRenewed, fmt.Sprintf("%s, renewed on send (%s, now)", why, row.Provider)
}

// NeedsResign reports whether an untouched resend needs a fresh signature, which
// is what --sign auto does: the captured one was valid, its time has run out
// since, and the secret is known.
func (s *Set) NeedsResign(ctx context.Context, ex *capture.Exchange, now time.Time) bool {
	if ex.Signature.Verdict != capture.Valid {
		return false
	}
	m, row, err := s.open(ctx, &ex.Request, Options{PublicURL: s.publicURL(ex)})
	if err != nil || row == nil || !row.renewable(s.secretsFor(row, ex.Request.Target)) {
		return false
	}
	m.now = now
	return s.checkRow(row, m, 0).Signature.Verdict == capture.Stale
}
