package compare

import (
	"bytes"
	"context"
	"iter"

	"creel/capture"
)

// Partners returns the exchanges that ex may be compared with, out of all in the
// order of their ids: of the same event of the same provider or, where one of these
// is not known, of the same method and path. Tries of the same delivery, and ex
// itself, are left out.
func Partners(all []*capture.Exchange, ex *capture.Exchange) []*capture.Exchange {
	var out []*capture.Exchange
	for _, o := range all {
		if o.ID != ex.ID && o.Request.Malformed == "" && alike(o, ex) && !capture.SameDelivery(o, ex) {
			out = append(out, o)
		}
	}
	return out
}

// How far Previous looks, so that it costs the same whatever is kept.
const (
	mostOlder    = 10_000 // exchanges
	mostCompared = 64     // bodies
)

// Previous returns the newest of Partners among older, the exchanges before ex with
// the newest first, whose body is not the same; else the newest such try of the same
// delivery, as of a sample that is sent again by hand with another body; nil when
// there is none among the last 10,000 exchanges, or the last 64 of its kind. It may
// read bodies from disk.
func Previous(ctx context.Context, older iter.Seq[*capture.Exchange], ex *capture.Exchange) *capture.Exchange {
	var try *capture.Exchange
	seen, compared := 0, 0
	for o := range older {
		if seen++; seen > mostOlder || compared == mostCompared || ctx.Err() != nil {
			break
		}
		if o.Request.Malformed != "" || !alike(o, ex) {
			continue
		}
		if compared++; sameBody(ctx, o, ex) {
			continue
		}
		if !capture.SameDelivery(o, ex) {
			return o
		}
		if try == nil {
			try = o
		}
	}
	return try
}

// alike reports whether both have the same event of the same provider; where that is
// not known, method and path must be the same.
func alike(a, b *capture.Exchange) bool {
	x, y := &a.Sender, &b.Sender
	if x.Event != y.Event || x.Event != "" && x.Provider != y.Provider {
		return false
	}
	known := x.Provider != "" && x.Event != ""
	return known || a.Request.Method == b.Request.Method && a.Request.Path() == b.Request.Path()
}

// sameBody counts a body that cannot be read as another.
func sameBody(ctx context.Context, a, b *capture.Exchange) bool {
	if a.Request.Body.Size() != b.Request.Body.Size() {
		return false
	}
	x, errX := a.Request.Body.Bytes(ctx)
	y, errY := b.Request.Body.Bytes(ctx)
	return errX == nil && errY == nil && bytes.Equal(x, y)
}
