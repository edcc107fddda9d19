package provider

import (
	"context"

	"creel/capture"
)

// Handshake is what a request asks for whose answer must be computed from it.
type Handshake struct {
	// Name is the provider and what is asked: "slack url_verification".
	Name string
	// Reply is the answer, by "handshake"; its Status is 0 when there is none
	// to give: see Need and Ask.
	Reply capture.Reply
	// Need says in words what must be configured before this can be answered;
	// the request is an ordinary one until then.
	Need string
	// Learned is the secret that came with the handshake, offered to be kept.
	Learned *Secret
	// Ask is the URL that confirms the subscription when it is fetched. Nothing
	// fetches it but the user, who is asked first; it is checked to be the
	// provider's own.
	Ask string
}

// handshake is one row of the handshakes.
type handshake struct {
	provider, name string
	when           func(m *message) bool // the request asks for it
	answer         func(s *Set, m *message, h *Handshake)
	place          place // where when looks first
}

// place is the part of a request by which a handshake is recognised.
type place uint8

const (
	inFields place = iota // a field of its own, by which its sender is recognised, too
	inQuery
	inBody
)

// Handshake reports whether the exchange is a handshake, and what to answer.
func (s *Set) Handshake(ex *capture.Exchange) (Handshake, bool) {
	if ex.Request.Malformed != "" || ex.Request.Truncated || ex.Request.Incomplete {
		return Handshake{}, false
	}
	body, err := ex.Request.Body.Bytes(context.Background())
	if err != nil {
		return Handshake{}, false
	}
	m := messages.Get().(*message)
	defer func() { *m = message{}; messages.Put(m) }()
	m.req, m.body, m.now = &ex.Request, body, ex.At
	row := s.matchHandshake(m)
	if row == nil {
		return Handshake{}, false
	}
	m.urls = urlsOf(&ex.Request, s.publicURL(ex))
	h := Handshake{Name: row.provider + " " + row.name}
	row.answer(s, m, &h)
	if h.Name == "" {
		return Handshake{}, false // a closer look showed an ordinary request
	}
	if h.Reply.Status != 0 {
		h.Reply.By = capture.ByHandshake
	}
	return h, true
}

// nameHandshake names the sender of a handshake that no row recognises, since it
// carries nothing but a parameter or one member. Keys says that the body has a
// key of a handshake.
func (s *Set) nameHandshake(m *message, keys bool, to *capture.Sender) {
	query := m.req.Query() != ""
	for i := range s.handshakes {
		h := &s.handshakes[i]
		// The fields were looked at, but for those of an OPTIONS request.
		if h.place == inFields && m.req.Method != "OPTIONS" || h.place == inQuery && !query || h.place == inBody && !keys {
			continue
		}
		if h.when(m) {
			to.Provider, to.Event = h.provider, h.name
			return
		}
	}
}

// matchHandshake returns the row that fits; nil for an ordinary request, which
// is most.
func (s *Set) matchHandshake(m *message) *handshake {
	query := m.req.Query() != ""
	for i := range s.handshakes {
		if h := &s.handshakes[i]; (query || h.place != inQuery) && h.when(m) {
			return h
		}
	}
	return nil
}

// handshakeOf is the name of a provider's handshake; empty when it has none.
func (s *Set) handshakeOf(provider string) string {
	for _, h := range s.handshakes {
		if h.provider == provider {
			return h.name
		}
	}
	return ""
}
