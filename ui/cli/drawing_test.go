package cli

import (
	"context"
	"errors"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"creel/ui"
)

// A screen whose terminal takes nothing ends with the signal all the same, one that
// ends by itself has its time, and without a signal it stays.
func TestShowEnds(t *testing.T) {
	wrong := errors.New("wrong")
	for name, tt := range map[string]struct {
		ends time.Duration // after the signal, by itself; 0 never
		took time.Duration
		err  error
	}{
		"stuck": {0, drawWithin, nil},
		"slow":  {drawWithin - 1, drawWithin - 1, wrong},
		"late":  {drawWithin + 1, drawWithin, nil},
	} {
		synctest.Test(t, func(t *testing.T) {
			stop := make(chan struct{}) // ends what would stay for ever
			p := &program{stdin: os.Stdin, draw: func(ctx context.Context, _ ui.Deps) error {
				<-ctx.Done()
				if tt.ends == 0 {
					<-stop
				}
				time.Sleep(tt.ends)
				return wrong
			}}
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Hour, cancel)
			start := time.Now()
			err := p.show(ctx, ui.Deps{})
			if took := time.Since(start) - time.Hour; took != tt.took || !errors.Is(err, tt.err) {
				t.Errorf("%s: ended %v after the signal with %v, want %v and %v", name, took, err, tt.took, tt.err)
			}
			close(stop)
			time.Sleep(time.Hour) // for what was left
		})
	}
}
