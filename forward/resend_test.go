package forward

import (
	"bufio"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
	"creel/capture/provider"
)

// stripeExchange is a captured request whose signature was valid at that time.
func stripeExchange(t *testing.T, set *provider.Set, at time.Time) *capture.Exchange {
	t.Helper()
	const body = `{"id":"evt_1","object":"event","type":"invoice.paid"}`
	ex := &capture.Exchange{ID: 7, At: at, Request: *post("/hook", body, capture.Field{Name: "Content-Length", Value: "53"})}
	signed, err := set.Sign(t.Context(), &ex.Request, provider.SignOptions{Provider: "stripe", At: at})
	if err != nil {
		t.Fatal(err)
	}
	ex.Request = *signed.Apply(&ex.Request)
	set.Identify(ex)
	if ex.Signature.Verdict != capture.Valid {
		t.Fatalf("%+v", ex.Signature)
	}
	return ex
}

func resenderFor(t *testing.T, sign SignMode, secrets ...provider.Secret) (*Resender, *[]capture.Attempt) {
	t.Helper()
	set, err := provider.New(provider.Config{Secrets: secrets})
	if err != nil {
		t.Fatal(err)
	}
	kept := new([]capture.Attempt)
	r := &Resender{Sender: &Sender{}, Providers: set, Sign: sign, Record: func(id capture.ID, a capture.Attempt) {
		if id != 7 {
			t.Errorf("recorded under %s", id)
		}
		*kept = append(*kept, a)
	}}
	t.Cleanup(r.Sender.Close)
	return r, kept
}

// A signature is renewed when it was valid and is not any more, unless the user
// decides: what was sent, and what the attempt says of it.
func TestResendRenewsSignatures(t *testing.T) {
	secret := provider.Secret{Provider: "stripe", Value: "whsec_1"}
	for _, tt := range []struct {
		name     string
		sign     SignMode // of the resender
		of       SignMode // of this resend
		expired  bool
		edited   bool
		verdict  capture.Verdict // at arrival; empty: as it was checked
		noSecret bool
		byHand   bool // the user wrote the signature
		signed   bool
		err      string
	}{
		{name: "still valid", sign: SignAuto},
		{name: "expired", sign: SignAuto, expired: true, signed: true},
		{name: "empty is auto", expired: true, signed: true},
		{name: "expired, was stale", sign: SignAuto, expired: true, verdict: capture.Stale},
		{name: "edited", sign: SignAuto, edited: true, signed: true},
		{name: "edited, was stale", sign: SignAuto, edited: true, verdict: capture.Stale, signed: true},
		{name: "edited, was invalid", sign: SignAuto, edited: true, verdict: capture.Invalid},
		{name: "edited, secret lost", sign: SignAuto, edited: true, noSecret: true},
		{name: "signed by hand", sign: SignAuto, edited: true, byHand: true},
		{name: "signed by hand, always", sign: SignAlways, edited: true, byHand: true, signed: true},
		{name: "always", sign: SignAlways, signed: true},
		{name: "always, secret lost", sign: SignAlways, noSecret: true, err: "no secret"},
		{name: "never", sign: SignNever, expired: true, edited: true},
		{name: "this one never", sign: SignAlways, of: SignNever},
		{name: "this one always", sign: SignNever, of: SignAlways, signed: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r, kept := resenderFor(t, tt.sign, secret)
			at := time.Now().Add(-time.Minute)
			if tt.expired {
				at = at.Add(-time.Hour)
			}
			ex := stripeExchange(t, r.Providers, at)
			if tt.verdict != "" {
				ex.Signature.Verdict = tt.verdict
			}
			u, got := onceServer(t, "HTTP/1.1 204 No Content\r\n\r\n")
			x := Resend{Exchange: ex, To: Target{URL: u}, Edited: tt.edited, Sign: tt.of}
			if tt.edited {
				req := ex.Request
				req.Body = capture.NewBody([]byte(`{"id":"evt_1","object":"event","type":"invoice.void"}`))
				if tt.byHand {
					req.Fields = slices.Clone(req.Fields)
					req.Fields[len(req.Fields)-1] = capture.Field{Name: "Stripe-Signature", Value: "t=1,v1=bad"}
				}
				x.Request = &req
			}
			if tt.noSecret {
				r.Providers, _ = provider.New(provider.Config{})
			}
			check := r.Check(t.Context(), x)
			a, err := r.Resend(t.Context(), x)
			if tt.err != "" {
				if err == nil || check == nil || !strings.Contains(err.Error(), tt.err) || len(*kept) != 0 || !a.Unsent {
					t.Errorf("err %v, check %v, kept %v", err, check, *kept)
				}
				return
			}
			if err != nil || check != nil || len(*kept) != 1 {
				t.Fatalf("err %v, check %v, %d kept", err, check, len(*kept))
			}
			if a.Signed != tt.signed || a.Edited != tt.edited || !a.Resend || a.SameBody == tt.edited {
				t.Errorf("signed %v, edited %v, resend %v, same body %v", a.Signed, a.Edited, a.Resend, a.SameBody)
			}
			was, _ := ex.Request.Get("Stripe-Signature")
			sent := <-got
			if strings.Contains(sent, was) == (tt.signed || tt.byHand) || strings.Contains(sent, "v1=bad") != (tt.byHand && !tt.signed) {
				t.Errorf("signed %v, but sent %q", tt.signed, sent)
			}
			said := strings.Contains(strings.Join(a.Changes, "\n"), "Stripe-Signature: ")
			if said != (tt.signed || tt.byHand) {
				t.Errorf("changes %q", a.Changes)
			}
			if diff := cmp.Diff(a, (*kept)[0], cmp.AllowUnexported(capture.Body{})); diff != "" {
				t.Error("recorded another attempt", diff)
			}
		})
	}
}

// While an attempt is under way it is known: what, where and since when.
func TestInFlight(t *testing.T) {
	came, answer := make(chan bool), make(chan bool)
	u := rawServer(t, func(c net.Conn) {
		readRequest(bufio.NewReader(c))
		came <- true
		<-answer
		io.WriteString(c, ok+"Connection: close\r\nContent-Length: 0\r\n\r\n")
	})
	r, _ := resenderFor(t, SignNever)
	var began atomic.Int32
	r.Began = func() { began.Add(1) }
	ex := &capture.Exchange{ID: 7, Request: *post("/hook?a=1", "x")}
	done := make(chan bool)
	start := time.Now()
	go func() {
		r.Resend(t.Context(), Resend{Exchange: ex, To: Target{URL: u}})
		done <- true
	}()
	<-came
	list := r.Sender.InFlight()
	if len(list) != 1 || list[0].ID != 7 || list[0].To.String() != u.String()+"/hook?a=1" || list[0].Since.Before(start) || began.Load() != 1 {
		t.Errorf("%+v, began %d", list, began.Load())
	}
	if len(r.Sender.InFlightOf(7)) != 1 || len(r.Sender.InFlightOf(8)) != 0 {
		t.Errorf("of 7: %v, of 8: %v", r.Sender.InFlightOf(7), r.Sender.InFlightOf(8))
	}
	answer <- true
	<-done
	// A forward on arrival is known by the exchange it was committed as.
	p := NewProxy(r.Sender, &Targets{})
	n := newNotes()
	go p.RespondTo(t.Context(), ex, n, []Target{{URL: u}})
	<-came
	if list := r.Sender.InFlight(); len(list) != 1 || list[0].ID != 1 {
		t.Errorf("%+v", list)
	}
	answer <- true
	<-n.added
	p.Shutdown(t.Context())
	if list := r.Sender.InFlight(); len(list) != 0 {
		t.Errorf("still in flight: %+v", list)
	}
}

// What began first comes first, what began at the same time in the order of arrival.
func TestOrderInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var fs flights
		to := Target{URL: mustURL(t, "3000")}
		for _, ids := range [][]capture.ID{{9, 7}, {3}, {8}} {
			for _, id := range ids {
				fs.begin(&flight{id: id, to: &to})
			}
			time.Sleep(time.Second)
		}
		var got []capture.ID
		for _, f := range fs.list() {
			got = append(got, f.ID)
		}
		if diff := cmp.Diff([]capture.ID{7, 9, 3, 8}, got); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhereAResendGoes(t *testing.T) {
	ts := &Targets{Defaults: Defaults{KeepHost: true, Forwarded: true}}
	named := Target{Name: "app", URL: mustURL(t, "https://localhost:3000"), Insecure: true}
	ts.Set([]Target{named})
	ex := &capture.Exchange{Request: *post("/a?b", "")}
	if to, ok := ts.ForResend(ex); !ok || to.Name != "app" {
		t.Errorf("%+v %v", to, ok)
	}
	ex.Attempts = []*capture.Attempt{{To: "http://first/"}, {To: "https://localhost:3000/a?b"}}
	if to, ok := ts.ForResend(ex); !ok || to.Name != "app" {
		t.Errorf("the newest attempt went to the configured target: %+v %v", to, ok)
	}
	ex.Attempts = append(ex.Attempts, &capture.Attempt{To: "https://localhost:3000/*"})
	to, ok := ts.ForResend(ex)
	want := Target{URL: mustURL(t, "https://localhost:3000/*"), Exact: true, Host: KeepHost, Forwarded: true, Insecure: true}
	if diff := cmp.Diff(want, to); diff != "" || !ok {
		t.Error(diff, ok)
	}
	ex.Attempts[2].To = "not a URL"
	if to, ok := ts.ForResend(ex); ok {
		t.Errorf("%+v", to)
	}
	ex.Attempts = nil
	ts.Set(nil)
	if to, ok := ts.ForResend(ex); ok {
		t.Errorf("%+v", to)
	}
	if to := ts.ForURL(mustURL(t, "http://localhost:3000")); to.Insecure {
		t.Error("the certificates of another scheme")
	}
}
