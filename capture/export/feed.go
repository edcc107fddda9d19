package export

import (
	"context"
	"encoding/json"
	"slices"

	fastjson "github.com/segmentio/encoding/json"

	"creel/capture"
)

// BodyPart names a body of an exchange.
type BodyPart struct {
	ID capture.ID
	// Attempt is the number of an attempt; zero is the exchange itself.
	Attempt int
	// Response is the body that came back: the reply to the sender, or the
	// response of a target. Otherwise it is the one that was sent.
	Response bool
}

// FeedLine appends the exchange as a JSON object for another creel: as
// [JSONLine] does, but with the state as it is, without sums, and of bodies of
// more than inline bytes only the size. The error is that of reading a body.
func FeedLine(ctx context.Context, b []byte, ex *capture.Exchange, inline int64) ([]byte, error) {
	return encoder{ctx: ctx, feed: true, inline: inline}.line(b, ex)
}

// maxFast is the longest line that is read by the faster decoder, which takes half of
// the time of the standard library's: an attached screen reads each request. It has no
// bound on depth, so that a line of 16 MiB of brackets would overflow the stack.
const maxFast = 256 << 10

// ReadFeedLine reads what [FeedLine] wrote. Bodies of which it has only the size
// are made by stored.
func ReadFeedLine(data []byte, stored func(BodyPart, int64) capture.Body) (*capture.Exchange, error) {
	decode := json.Unmarshal
	if len(data) <= maxFast {
		decode = fastjson.Unmarshal
	}
	var line jsonExchange
	if err := decode(data, &line); err != nil {
		return nil, err
	}
	ex, err := line.exchange()
	if err != nil {
		return nil, err
	}
	ex.ID, ex.ImportedFrom = line.ID, line.ImportedFrom
	ex.State, _ = capture.ParseState(line.State)
	elsewhere := func(b *capture.Body, j *jsonBody, part BodyPart) {
		if j.Elsewhere {
			*b = stored(part, j.BodySize)
		}
	}
	elsewhere(&ex.Request.Body, &line.jsonBody, BodyPart{ID: ex.ID})
	elsewhere(&ex.Reply.Body, &line.Reply.jsonBody, BodyPart{ID: ex.ID, Response: true})
	for i, a := range ex.Attempts {
		l := &line.Attempts[i]
		elsewhere(&a.Body, &l.jsonBody, BodyPart{ID: ex.ID, Attempt: a.N})
		elsewhere(&a.Reply.Body, &l.Reply.jsonBody, BodyPart{ID: ex.ID, Attempt: a.N, Response: true})
	}
	return ex, nil
}

// Body returns the body that part names; false when there is none.
func (part BodyPart) Body(ex *capture.Exchange) (capture.Body, bool) {
	sent, came := ex.Request.Body, ex.Reply.Body
	if part.Attempt != 0 {
		i := slices.IndexFunc(ex.Attempts, func(a *capture.Attempt) bool { return a.N == part.Attempt })
		if i < 0 {
			return capture.Body{}, false
		}
		a := ex.Attempts[i]
		if came = a.Reply.Body; !a.SameBody {
			sent = a.Body
		}
	}
	if part.Response {
		return came, true
	}
	return sent, true
}
