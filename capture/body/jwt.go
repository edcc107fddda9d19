package body

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"

	"creel/capture/safe"
)

// fitsJWT accepts a JSON Web Token or a signed object in the compact form
// (RFC 7519, RFC 7515), which some send as their whole body.
func fitsJWT(c *Content) int {
	head, _, ok := cutToken(c.Text)
	switch {
	case !ok || !json.Valid(head):
		return unfit
	case c.is("application/jwt", "application/jose", "+jwt"):
		return declared
	}
	return likely + 1 // over plain text
}

// cutToken returns the decoded head and claims of a token; the claims of one
// that is encrypted cannot be decoded.
func cutToken(text []byte) (head, claims []byte, ok bool) {
	text = bytes.TrimSpace(text)
	if !bytes.HasPrefix(text, []byte("ey")) || len(text) > maxWhole {
		return nil, nil, false
	}
	parts := bytes.Split(text, []byte{'.'})
	if len(parts) != 3 {
		return nil, nil, false
	}
	head, errHead := base64.RawURLEncoding.DecodeString(string(parts[0]))
	claims, errClaims := base64.RawURLEncoding.DecodeString(string(parts[1]))
	_, errSignature := base64.RawURLEncoding.DecodeString(string(parts[2]))
	return head, claims, errHead == nil && errClaims == nil && errSignature == nil
}

// openJWT lays out head, claims and signature, each decoded.
func openJWT(ctx context.Context, c *Content) (*View, error) {
	head, claims, ok := cutToken(c.Text)
	if !ok {
		return nil, errors.New("not three parts in base64url with dots between them")
	}
	var b builder
	for _, part := range []struct {
		name safe.Text
		data []byte
	}{{safe.Const("head"), head}, {safe.Const("claims"), claims}} {
		v, err := Open(ctx, &Content{Raw: part.data, Data: part.data, Text: part.data}, Pretty)
		if err != nil {
			return nil, err
		}
		b.open(0, len(c.Text), Span{Keyword, part.name})
		b.embed(v, 0, len(c.Text))
		b.close(0, 0)
	}
	text := bytes.TrimSpace(c.Text)
	b.open(0, len(c.Text), Span{Keyword, safe.Const("signature")}, Span{Comment, safe.Const("  not checked here")})
	b.line(0, len(c.Text), Span{String, safe.Line(text[bytes.LastIndexByte(text, '.')+1:])})
	return b.view(), nil
}
