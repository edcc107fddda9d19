package nats

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"
	"time"

	client "github.com/nats-io/nats.go"

	"creel/capture"
)

// Presence is who else is there, and which paths are claimed. Nothing of it is stored. It
// is safe for concurrent use.
type Presence struct {
	team  *Team
	own   string // names this creel
	self  func() Member
	greet chan struct{}
	mu    sync.Mutex
	all   map[string]present
	looks string // see [Member.Looks]
}

// Member is a creel of the team.
type Member struct {
	Who    string  `json:"who"`
	Screen bool    `json:"screen,omitempty"` // it is looked at
	Claims []Claim `json:"claims,omitempty"`
	Node   string  `json:"node,omitempty"` // that it captures as
	Held   []Hold  `json:"held,omitempty"`
	Looks  string  `json:"looks,omitempty"` // at what its screen has selected, as NODE.ID
}

// LooksAt returns what a member has selected on its screen, if anything.
func (m *Member) LooksAt() (node string, id capture.ID, ok bool) {
	k, ok := parseKey(m.Looks)
	return k.node, k.id, ok
}

type present struct {
	Member
	heard time.Time
}

const (
	presentTime = 5 * time.Second        // between two signs of life
	announceGap = 300 * time.Millisecond // at least, where there is more to tell
	absentTime  = 3 * presentTime
	maxPresent  = 100
	maxWho      = 40 // bytes of a name
	maxClaims   = 20 // of one member
)

// Present tells the others what self returns, until ctx ends. Changed is called when
// a member comes or goes, and when one holds or looks at something else.
func (t *Team) Present(ctx context.Context, self func() Member, changed func()) (*Presence, error) {
	p := &Presence{team: t, self: self, own: client.NewInbox()[len(client.InboxPrefix):], all: map[string]present{}, greet: make(chan struct{}, 1)}
	sub, err := t.conn.Subscribe(t.subject("here", "*"), func(msg *client.Msg) {
		was, is := p.hear(msg.Subject[len(t.subject("here", "")):], msg.Data, time.Now())
		if was == nil && is != nil {
			p.Announce() // who comes hears of this one at once
		}
		if (was == nil) != (is == nil) || was != nil && (was.Looks != is.Looks || !sameHolds(was.Held, is.Held)) {
			changed()
		}
	})
	if err != nil {
		return nil, err
	}
	go p.run(ctx, sub, changed)
	return p, nil
}

// Look tells the others what is selected on this screen; without a node it is nothing.
func (p *Presence) Look(node string, id capture.ID) {
	looks := ""
	if node != "" {
		looks = key{node, id}.tokens()
	}
	p.mu.Lock()
	changed := p.looks != looks
	p.looks = looks
	p.mu.Unlock()
	if changed {
		p.Announce()
	}
}

// Announce tells the others soon.
func (p *Presence) Announce() { capture.Signal(p.greet) }

func (p *Presence) run(ctx context.Context, sub *client.Subscription, changed func()) {
	defer func() {
		_ = sub.Unsubscribe()
		_ = p.team.conn.Publish(p.team.subject("here", p.own), nil) // gone
	}()
	every := time.NewTicker(presentTime)
	defer every.Stop()
	for {
		m := p.self()
		p.mu.Lock()
		m.Looks = p.looks
		p.mu.Unlock()
		data, _ := json.Marshal(m)                                   // a struct of texts
		_ = p.team.conn.Publish(p.team.subject("here", p.own), data) // away: none is there to hear it
		gap := time.After(announceGap)
		select {
		case <-every.C:
		case <-p.greet:
			select {
			case <-gap:
			case <-ctx.Done():
				return
			}
		case <-ctx.Done():
			return
		}
		if p.expire(time.Now()) {
			changed()
		}
	}
}

// hear notes a sign of life; without data it is the last one. It returns the member as it
// was and is; nil when it is not there.
func (p *Presence) hear(from string, data []byte, now time.Time) (was, is *Member) {
	if from == p.own {
		return nil, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if before, ok := p.all[from]; ok {
		was = &before.Member
	}
	var m Member
	if len(data) == 0 || json.Unmarshal(data, &m) != nil || m.Who == "" {
		delete(p.all, from)
		return was, nil
	}
	if was == nil && len(p.all) >= maxPresent {
		return nil, nil
	}
	m.Who = m.Who[:min(len(m.Who), maxWho)]
	m.Claims = m.Claims[:min(len(m.Claims), maxClaims)]
	m.Held = boundHolds(m.Held)
	if _, _, ok := m.LooksAt(); !ok {
		m.Looks = ""
	}
	p.all[from] = present{m, now}
	return was, &m
}

func (p *Presence) expire(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	before := len(p.all)
	for from, m := range p.all {
		if now.Sub(m.heard) >= absentTime {
			delete(p.all, from)
		}
	}
	return len(p.all) < before
}

// Members returns who else is here, by name.
func (p *Presence) Members() []Member {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Member
	now := time.Now()
	for _, m := range p.all {
		m.Held = slices.Clone(m.Held)
		for i, h := range m.Held {
			m.Held[i] = h.at(now.Sub(m.heard))
		}
		out = append(out, m.Member)
	}
	slices.SortFunc(out, func(a, b Member) int { return cmp.Compare(a.Who, b.Who) })
	return out
}

// Claims returns all claims, those of this creel too.
func (p *Presence) Claims() []Claim {
	var out []Claim
	for _, m := range append(p.Members(), p.self()) {
		for _, c := range m.Claims {
			c.Who = m.Who
			out = append(out, c)
		}
	}
	return out
}
