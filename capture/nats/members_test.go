package nats

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	client "github.com/nats-io/nats.go"
)

// joined is a member whose changed reports what it is called for.
func joined(t *testing.T, team *Team, self Member) (*Presence, <-chan string, func()) {
	t.Helper()
	ctx, leave := context.WithCancel(t.Context())
	t.Cleanup(leave)
	changed := make(chan string, 100)
	var p *Presence
	ready := make(chan struct{})
	p, err := team.Present(ctx, func() Member { return self }, func() {
		<-ready
		var now []string
		for _, m := range p.Members() {
			now = append(now, fmt.Sprint(m.Who, m.Looks, len(m.Held)))
		}
		changed <- strings.Join(now, " ")
	})
	close(ready)
	if err != nil {
		t.Fatal(err)
	}
	return p, changed, leave
}

// soon is what comes next, before the next sign of life would be due.
func soon(t *testing.T, what string, c <-chan string) string {
	t.Helper()
	select {
	case s := <-c:
		return s
	case <-time.After(presentTime - time.Second):
		t.Fatalf("%s: not heard", what)
		return ""
	}
}

// Members hear of each other at once, of what each looks at and holds, and who goes; what
// they hear again changes nothing.
func TestMembersHearOfEachOther(t *testing.T) {
	e := startEngine(t)
	one, other := e.team(t), e.team(t)
	for _, team := range []*Team{one, other} {
		if err := team.Wait(deadline(t)); err != nil {
			t.Fatal(err)
		}
	}
	said := make(chan *client.Msg, 100)
	if _, err := one.conn.ChanSubscribe(one.subject("here", "*"), said); err != nil {
		t.Fatal(err)
	}
	ana, anaHears, _ := joined(t, one, Member{Who: "ana"})
	if err := one.conn.Flush(); err != nil {
		t.Fatal(err)
	}
	held := Member{Who: "ben", Held: []Hold{{ID: 1, Left: time.Minute}}}
	ben, benHears, leave := joined(t, other, held)
	for _, step := range []struct {
		what  string
		do    func()
		hears <-chan string
		want  string
	}{
		{"ben comes", func() {}, anaHears, "ben1"},
		{"ana was there", func() {}, benHears, "ana0"},
		{"ana looks", func() { ana.Look("n", 7) }, benHears, "anan.70"},
		{"ben looks", func() { ben.Look("n", 8) }, anaHears, "benn.81"},
		{"ben says it again, then looks elsewhere", func() { ben.Announce(); time.AfterFunc(2*announceGap, func() { ben.Look("", 0) }) }, anaHears, "ben1"},
		{"ben goes", leave, anaHears, ""},
	} {
		step.do()
		if got := soon(t, step.what, step.hears); got != step.want {
			t.Errorf("%s: there are %q, want %q", step.what, got, step.want)
		}
	}
	if len(anaHears)+len(benHears) > 0 {
		t.Error("heard of what did not change")
	}
	times := map[string]int{}
	for len(said) > 0 {
		times[(<-said).Subject]++
	}
	if n := times[one.subject("here", ana.own)]; n > 3 {
		t.Errorf("ana said %d times what she is, want when she came, when ben did and when she looked", n)
	}
}

// A member that selects the same request again sends nothing.
func TestLookingAtTheSame(t *testing.T) {
	p := emptyPresence()
	p.greet = make(chan struct{}, 1)
	for i, tt := range []struct {
		node string
		sent int
	}{{"", 0}, {"n", 1}, {"n", 0}, {"", 1}, {"", 0}} {
		p.Look(tt.node, 7)
		if len(p.greet) != tt.sent {
			t.Errorf("%d: sent %d times, want %d", i, len(p.greet), tt.sent)
		}
		for len(p.greet) > 0 {
			<-p.greet
		}
	}
}
