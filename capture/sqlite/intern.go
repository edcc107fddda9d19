package sqlite

import (
	"slices"
	"strings"

	"creel/capture"
)

// maxInterned is how many strings an interner knows before it starts again.
const maxInterned = 8192

// interner keeps one copy of what the exchanges of a history have in common: the
// names of header fields, most of their values, and whole lists of fields that are
// the same as the last ones, as those of replies mostly are. Of 150,000 requests of
// one sender it leaves half in memory.
type interner struct {
	known map[string]string
	// The last lists of each kind.
	requests, replies, attempts, responses []capture.Field
}

func newInterner() *interner { return &interner{known: make(map[string]string)} }

// exchange replaces the strings of ex, none of which then is part of a longer one.
func (in *interner) exchange(ex *capture.Exchange) {
	r := &ex.Request
	in.all(
		&r.Method, &r.Target, &r.Host, &r.Proto, &r.Remote, &r.Malformed,
		&ex.Sender.Provider, &ex.Sender.Event, &ex.Sender.Delivery,
		(*string)(&ex.Signature.Verdict), (*string)(&ex.Signature.Reason), &ex.Signature.Explanation,
		&ex.Handshake, &ex.Via, &ex.PublicURL,
	)
	in.fields(&r.Fields, &in.requests)
	in.each(r.Trailers)
	in.reply(&ex.Reply, &in.replies)
	for _, a := range ex.Attempts {
		in.all(&a.To, &a.Method, &a.Target, &a.Proto, &a.Err, &a.SignedURL, &a.By)
		in.fields(&a.Fields, &in.attempts)
		in.each(a.Trailers)
		in.reply(&a.Reply, &in.responses)
	}
}

func (in *interner) reply(r *capture.Reply, last *[]capture.Field) {
	in.all((*string)(&r.By), (*string)(&r.Fault))
	in.fields(&r.Fields, last)
	in.each(r.Trailers)
}

// fields replaces the strings of a list, and the list by the last one of its kind
// when it is the same.
func (in *interner) fields(list, last *[]capture.Field) {
	if !slices.Equal(*list, *last) {
		in.each(*list)
		*last = *list
	}
	*list = *last
}

func (in *interner) each(list []capture.Field) {
	for i := range list {
		in.all(&list[i].Name, &list[i].Value)
	}
}

func (in *interner) all(strs ...*string) {
	for _, s := range strs {
		known, ok := in.known[*s]
		if !ok {
			if len(in.known) >= maxInterned {
				clear(in.known)
			}
			known = strings.Clone(*s)
			in.known[known] = known
		}
		*s = known
	}
}
