package tunnel

import (
	"context"
	"errors"
	"time"
)

const (
	// sleepCheck is how often the clocks are compared.
	sleepCheck = 5 * time.Second
	// sleepJump is how far the wall clock must run ahead of the monotonic one, which
	// stands still while the machine sleeps.
	sleepJump = 15 * time.Second
)

var errSlept = errors.New("the machine slept")

// slept returns a channel that is closed once the machine slept: connections are
// likely dead then, although no error said so. It is never closed after ctx ended.
func (t *Tunnel) slept(ctx context.Context) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		ticker := time.NewTicker(sleepCheck)
		defer ticker.Stop()
		wall, start := t.config.wall(), time.Now()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
			wallNow, now := t.config.wall(), time.Now()
			if wallNow.Sub(wall)-now.Sub(start) > sleepJump {
				close(c)
				return
			}
			wall, start = wallNow, now // read once, or a sleep between two readings is lost
		}
	}()
	return c
}

// wallClock is the time without the monotonic clock.
func wallClock() time.Time { return time.Now().Round(0) }
