package nats

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"creel/capture"
)

// encoded is what a member says of itself, as it is sent.
func encoded(t *testing.T, m Member) []byte {
	t.Helper()
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func names(p *Presence) string {
	var out []string
	for _, m := range p.Members() {
		out = append(out, m.Who)
	}
	return strings.Join(out, " ")
}

func emptyPresence() *Presence {
	return &Presence{own: "me", self: func() Member { return Member{Who: "zoe", Claims: []Claim{{Path: "/z"}}} }, all: map[string]present{}}
}

// Who is heard is there until it says that it goes, or says nothing that can be read;
// what this creel says itself is not another member.
func TestWhoIsHeard(t *testing.T) {
	p, now := emptyPresence(), time.Now()
	for i, tt := range []struct {
		from, data, was, is, left string
	}{
		{"me", `{"who":"zoe"}`, "", "", ""},
		{"1", `{"who":"ben"}`, "", "ben", "ben"},
		{"2", `{"who":"ana"}`, "", "ana", "ana ben"},
		{"1", `{"who":"bea"}`, "ben", "bea", "ana bea"},
		{"1", ``, "bea", "", "ana"},
		{"1", ``, "", "", "ana"},
		{"2", `{"who":""}`, "ana", "", ""},
		{"2", `{"who":"ana"}`, "", "ana", "ana"},
		{"2", `{"who":"ana"`, "ana", "", ""},
		{"2", `{"who":"ana","claims":5}`, "", "", ""},
	} {
		name := func(m *Member) string {
			if m == nil {
				return ""
			}
			return m.Who
		}
		was, is := p.hear(tt.from, []byte(tt.data), now)
		if name(was) != tt.was || name(is) != tt.is || names(p) != tt.left {
			t.Errorf("%d: it was %q and is %q; there are %q", i, name(was), name(is), names(p))
		}
	}
}

// What one member says is believed within bounds, and so many members; those who are
// there are heard also when there is no room for another.
func TestBoundsOfMembers(t *testing.T) {
	p, now := emptyPresence(), time.Now()
	for _, over := range []int{0, 1} {
		m := Member{Who: strings.Repeat("w", maxWho+over), Claims: make([]Claim, maxClaims+over), Held: make([]Hold, maxHolds+over)}
		for i := range m.Held {
			m.Held[i].Action = strings.Repeat("a", maxAction+over)
		}
		_, is := p.hear("1", encoded(t, m), now)
		if len(is.Who) != maxWho || len(is.Claims) != maxClaims || len(is.Held) != maxHolds || len(is.Held[maxHolds-1].Action) != maxAction {
			t.Errorf("%d more than the bound: a name of %d, %d claims, %d holds, an action of %d", over, len(is.Who), len(is.Claims), len(is.Held), len(is.Held[0].Action))
		}
	}
	for i := 2; i <= maxPresent; i++ {
		if _, is := p.hear(fmt.Sprint(i), encoded(t, Member{Who: "x"}), now); is == nil {
			t.Fatalf("member %d is not heard", i)
		}
	}
	if was, is := p.hear("more", encoded(t, Member{Who: "more"}), now); was != nil || is != nil || len(p.Members()) != maxPresent {
		t.Errorf("one above the bound: %v, %v, %d members", was, is, len(p.Members()))
	}
	if _, is := p.hear("2", encoded(t, Member{Who: "new name"}), now); is == nil || is.Who != "new name" {
		t.Errorf("one of those who are there: %v", is)
	}
}

// What a member has selected is believed when it can be a request of a node.
func TestWhatAMemberLooksAt(t *testing.T) {
	for looks, want := range map[string]string{"n.7": "n.7", "": "", "n": "", "n.x": "", ".7": "", strings.Repeat("n", 65) + ".7": "", "n.7 and more": ""} {
		_, is := emptyPresence().hear("1", encoded(t, Member{Who: "ana", Looks: looks}), time.Now())
		if is.Looks != want {
			t.Errorf("%q: %q", looks, is.Looks)
		}
	}
}

// Who is not heard for the time of three signs of life is gone.
func TestSilentMembersAreGone(t *testing.T) {
	p, now := emptyPresence(), time.Now()
	p.hear("1", encoded(t, Member{Who: "ana"}), now)
	p.hear("2", encoded(t, Member{Who: "ben"}), now.Add(1))
	if p.expire(now.Add(absentTime - 1)) {
		t.Error("it goes before its time")
	}
	if !p.expire(now.Add(absentTime)) || names(p) != "ben" {
		t.Errorf("left: %q", names(p))
	}
	if p.expire(now.Add(absentTime)) {
		t.Error("no other member goes")
	}
}

// A claim says who made it; this creel's own are among them.
func TestClaimsSayWho(t *testing.T) {
	p := emptyPresence()
	p.hear("1", encoded(t, Member{Who: "ben", Claims: []Claim{{Path: "/b"}, {Path: "/c"}}}), time.Now())
	if got := fmt.Sprint(p.Claims()); got != "[{/b  ben} {/c  ben} {/z  zoe}]" {
		t.Error(got)
	}
}

// A hold goes on between two signs of life: it ages, and ends by itself unless it is
// paused.
func TestHoldsGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := emptyPresence()
		p.hear("1", encoded(t, Member{Who: "ana", Held: []Hold{
			{ID: 1, Age: time.Second, Left: 3 * time.Second},
			{ID: 2, Age: time.Second, Left: time.Second},
			{ID: 3, Age: time.Second, Left: 3 * time.Second, Paused: true},
		}}), time.Now())
		for range 2 { // the second look is as the first
			time.Sleep(time.Second)
		}
		for range 2 {
			for i, left := range []time.Duration{time.Second, 0, 3 * time.Second} {
				if h := p.Members()[0].Held[i]; h.Age != 3*time.Second || h.Left != left {
					t.Errorf("hold %d: age %v, left %v", i+1, h.Age, h.Left)
				}
			}
		}
	})
}

// Holds are the same while the same requests are held and paused, however old they are.
func TestSameHolds(t *testing.T) {
	one := []Hold{{ID: 1}, {ID: 2, Paused: true}}
	for _, tt := range []struct {
		what string
		b    []Hold
		same bool
	}{
		{"older", []Hold{{ID: 1, Age: 9}, {ID: 2, Paused: true, Left: 9}}, true},
		{"one ended", []Hold{{ID: 2, Paused: true}}, false},
		{"another", []Hold{{ID: 1}, {ID: capture.ID(3), Paused: true}}, false},
		{"goes on", []Hold{{ID: 1}, {ID: 2}}, false},
	} {
		if got := sameHolds(one, tt.b); got != tt.same {
			t.Errorf("%s: same is %v", tt.what, got)
		}
	}
}
