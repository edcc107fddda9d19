package provider

import (
	"strconv"
	"testing"
	"time"

	"creel/capture"
)

func TestDelivery(t *testing.T) {
	id := capture.ID(0)
	came := func(after time.Duration, delivery string, status int, state capture.State) *capture.Exchange {
		id++
		return &capture.Exchange{
			ID: id, At: clock.Add(after), State: state,
			Sender: capture.Sender{Provider: "stripe", Event: "invoice.paid", Delivery: delivery}, Reply: capture.Reply{Status: status},
		}
	}
	all := []*capture.Exchange{
		came(0, "a", 500, capture.StateAnswered),
		came(300*time.Millisecond, "b", 200, capture.StateAnswered),
		came(time.Second, "a", 500, capture.StateAnswered),
		came(2*time.Second, "", 200, capture.StateAnswered),
		came(3100*time.Millisecond, "a", 200, capture.StateAnswered),
		came(4*time.Second, "b", 200, capture.StateAnswered),
		came(10*time.Minute, "a", 0, capture.StateGone),
		came(3*time.Hour, "a", 0, capture.StateWaiting),
	}
	got := DeliveryOf(all, all[2])
	if line := got.Timeline(); line != "500 ─1s─ 500 ─2.1s─ 200 ─9m─ gone ─2h─ waiting" {
		t.Error(line)
	}
	if d := DeliveryOf(all, all[1]); d.Timeline() != "200 ─3.7s─ 200" {
		t.Errorf("%+v", d)
	}
	if d := DeliveryOf(all, all[3]); len(d.Tries) != 0 {
		t.Errorf("%+v", d)
	}
}

func TestLate(t *testing.T) {
	s := newSet(t, Config{})
	for i, c := range []struct {
		created int64
		target  string
		want    bool
	}{{100, "/a", false}, {105, "/a", false}, {103, "/a", true}, {105, "/a", false}, {50, "/b", false}, {106, "/a", false}} {
		n := strconv.Itoa(i)
		ex := raw("POST", c.target, `{"id":"evt_`+n+`","type":"t","created":`+strconv.FormatInt(c.created, 10)+`}`, "Stripe-Signature: t=1,v1=00")
		if s.Identify(ex); ex.Sender.Late != c.want {
			t.Errorf("%d: late %v, want %v", i, ex.Sender.Late, c.want)
		}
	}
	// A retry is old by its nature.
	ex := raw("POST", "/a", `{"id":"evt_0","type":"t","created":100}`, "Stripe-Signature: t=1,v1=00")
	if s.Identify(ex); ex.Sender.Late {
		t.Error("a retry is called late")
	}
	for v, want := range map[string]time.Time{
		"1": time.Unix(1, 0), "100000000000": time.Unix(1e11, 0), "100000000001": time.UnixMilli(1e11 + 1), "1000000000000000": time.UnixMilli(1e15),
		"Tue, 01 Jul 2025 00:00:00 UTC": clock, "1751328000": clock, "1751328000000": clock, "1751328000.25": clock, "2025-07-01T00:00:00Z": clock, "2025-07-01T02:00:00.000+02:00": clock,
	} {
		m := &message{req: request(`{"created":"` + v + `"}`), body: []byte(`{"created":"` + v + `"}`)}
		if got, ok := m.when(s.scheme("stripe")); !ok || !got.Equal(want) {
			t.Errorf("%s: %v %v", v, got, ok)
		}
	}
	for _, v := range []string{"", "0", "-1", "1000000000000001", "x", ".5", "2025-07-01"} {
		m := &message{req: request(`{"created":"` + v + `"}`), body: []byte(`{"created":"` + v + `"}`)}
		if got, ok := m.when(s.scheme("stripe")); ok {
			t.Errorf("%s: %v", v, got)
		}
	}
}
