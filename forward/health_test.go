package forward

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

func TestHealthIsCheckedAndOnlyChangesAreSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var notices, ups []string
		var dials atomic.Int64
		var up atomic.Bool
		ts := &Targets{}
		ts.Changed = func(s string) {
			if s != "" {
				notices = append(notices, s)
			}
		}
		ts.Up = func(key string) { ups = append(ups, key) }
		ts.Set([]Target{{URL: mustURL(t, "3000")}, {URL: mustURL(t, "4000"), Disabled: true}})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go ts.Watch(ctx, func(context.Context, URL) error {
			dials.Add(1)
			if !up.Load() {
				return &failure{capture.CauseRefused, errors.New("refused")}
			}
			return nil
		})
		time.Sleep(90*time.Second + time.Millisecond)
		synctest.Wait()
		if n := dials.Swap(0); n != 91 {
			t.Errorf("%d checks in 90 s of being down", n)
		}
		words := []string{ts.List()[0].Words(time.Now()), ts.List()[1].Words(time.Now())}
		up.Store(true)
		time.Sleep(91 * time.Second)
		synctest.Wait()
		if n := dials.Load(); n != 10 {
			t.Errorf("%d checks in 91 s of being up", n)
		}
		words = append(words, ts.List()[0].Words(time.Now()))
		if diff := cmp.Diff([]string{"○ down 1m", "off", "● up"}, words); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{":3000 is down: refused", ":3000 is up again after 1m"}, notices); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"http://localhost:3000"}, ups); diff != "" {
			t.Error(diff)
		}
	})
}

func TestStatusWords(t *testing.T) {
	now := time.Now()
	for want, s := range map[string]Status{
		"○ down 2m, 7 pending":       {Health: HealthDown, Since: now.Add(-2*time.Minute - time.Second), Pending: 7},
		"not checked yet, 1 pending": {Pending: 1},
		"● up":                       {Health: HealthUp},
		"off":                        {Health: HealthUp, Target: Target{Disabled: true}},
		"○ down 3h":                  {Health: HealthDown, Since: now.Add(-200 * time.Minute)},
		"○ down 0s":                  {Health: HealthDown, Since: now},
	} {
		if got := s.Words(now); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
