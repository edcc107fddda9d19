package capture

import "context"

// Loaded returns copies of exchanges with all their bodies in memory; nil when these
// have more bytes than most, or when one cannot be read.
func Loaded(ctx context.Context, list []*Exchange, most int64) []*Exchange {
	total := int64(0)
	var failed bool
	in := func(b Body) Body {
		if b.IsForgotten() { // of an old attempt; it is the same afterwards
			return b
		}
		if total += b.Size(); total > most || failed {
			failed = true
			return b
		}
		data, err := b.Bytes(ctx)
		failed = failed || err != nil
		return NewBody(data)
	}
	out := make([]*Exchange, len(list))
	for i, ex := range list {
		c := *ex
		c.Request.Body, c.Reply.Body = in(c.Request.Body), in(c.Reply.Body)
		c.Attempts = make([]*Attempt, len(ex.Attempts))
		for j, a := range ex.Attempts {
			b := *a
			b.Body, b.Reply.Body = in(b.Body), in(b.Reply.Body)
			c.Attempts[j] = &b
		}
		if out[i] = &c; failed {
			return nil
		}
	}
	return out
}
