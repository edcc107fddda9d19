package forward

import (
	"context"
	"errors"
	"fmt"
	"time"

	"creel/capture"
	"creel/capture/words"
)

// How often the health of a target is checked: rarely while it is up, since
// deliveries say the same, and often while its return is awaited.
const (
	checkUp   = 10 * time.Second
	checkDown = time.Second
)

// Watch checks the health of the targets that are on, by connecting to them,
// until ctx ends. dial is usually [Sender.Dial].
func (ts *Targets) Watch(ctx context.Context, dial func(context.Context, URL) error) {
	wake := make(chan struct{}, 1)
	ts.mu.Lock()
	ts.wake = wake
	ts.mu.Unlock()
	for ctx.Err() == nil {
		for _, u := range ts.due(time.Now()) {
			err := dial(ctx, u)
			if ctx.Err() != nil {
				return
			}
			ts.note(u, err)
		}
		select {
		case <-ctx.Done():
		case <-wake:
		case <-time.After(time.Until(ts.nextCheck(time.Now()))):
		}
	}
}

// due returns the targets that are to be checked now.
func (ts *Targets) due(now time.Time) []URL {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	var out []URL
	for _, e := range ts.list {
		if !e.Disabled && !e.next.After(now) {
			out = append(out, e.URL)
		}
	}
	return out
}

func (ts *Targets) nextCheck(now time.Time) time.Time {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	next := now.Add(checkUp)
	for _, e := range ts.list {
		if !e.Disabled && e.next.Before(next) {
			next = e.next
		}
	}
	return next
}

// note takes over what connecting to a target gave. Only a change is said.
func (ts *Targets) note(at URL, err error) {
	state, cause := HealthUp, capture.Cause("")
	if err != nil {
		state, cause = HealthDown, capture.CauseRefused
		if f, ok := errors.AsType[*failure](err); ok {
			cause = f.cause
		}
	}
	changed, notice := ts.setHealth(at, state, cause, time.Now())
	if !changed {
		return
	}
	ts.wakeWatcher()
	if state == HealthDown && ts.Down != nil {
		ts.Down(notice)
		notice = ""
	}
	ts.notify(notice)
	if state == HealthUp && ts.Up != nil {
		ts.Up(at.String())
	}
}

func (ts *Targets) setHealth(at URL, state Health, cause capture.Cause, now time.Time) (changed bool, notice string) {
	ts.mu.Lock()
	defer ts.mu.Unlock()
	every := checkUp
	if state == HealthDown {
		every = checkDown
	}
	for _, e := range ts.list {
		if e.URL != at {
			continue
		}
		e.next = now.Add(every)
		if e.Health == state {
			continue
		}
		changed = true
		notice = changeWords(e, state, cause, now)
		e.Health, e.Since, e.Cause = state, now, cause
	}
	return changed, notice
}

// changeWords is the notice of a change; a target that is up when it is first
// looked at is no news.
func changeWords(e *entry, to Health, cause capture.Cause, now time.Time) string {
	switch {
	case to == HealthDown:
		return fmt.Sprintf("%s is down: %s", e.Label(), cause)
	case e.Health == HealthDown:
		return fmt.Sprintf("%s is up again after %s", e.Label(), words.Age(now.Sub(e.Since)))
	}
	return ""
}

// Words are the health of a target as the header row says it, such as "● up",
// "○ down 2m, 7 pending" or "off".
func (s Status) Words(now time.Time) string {
	var text string
	switch {
	case s.Disabled:
		text = "off"
	case s.Health == HealthUp:
		text = "● up"
	case s.Health == HealthDown:
		text = "○ down " + words.Age(now.Sub(s.Since))
	default:
		text = "not checked yet"
	}
	if s.Pending > 0 {
		text += fmt.Sprintf(", %d pending", s.Pending)
	}
	return text
}
