package provider

import (
	"strconv"
	"strings"
	"sync"
	"time"
)

// maxOrders is how many senders are watched for events that overtake each other.
const maxOrders = 1024

// order knows the newest event of each sender. The zero value is ready; it is
// safe for concurrent use.
type order struct {
	mu     sync.Mutex
	newest map[string]time.Time
}

// late reports whether an event of that time comes after one that happened
// later, from the same provider to the same path.
func (o *order) late(provider, path string, at time.Time) bool {
	key := provider + " " + path
	o.mu.Lock()
	defer o.mu.Unlock()

	if at.Before(o.newest[key]) {
		return true
	}
	if o.newest == nil || len(o.newest) >= maxOrders {
		o.newest = map[string]time.Time{}
	}
	o.newest[key] = at
	return false
}

// when is the time at which the event of a request happened.
func (m *message) when(s *Scheme) (time.Time, bool) {
	v := m.first(s.When)
	if v == "" {
		return time.Time{}, false
	}
	if at, err := time.Parse(time.RFC3339Nano, v); err == nil {
		return at, true
	}
	if at, err := time.Parse(time.RFC1123, v); err == nil {
		return at, true
	}
	whole, _, _ := strings.Cut(v, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch {
	case err != nil || n <= 0 || n > 1e15:
		return time.Time{}, false
	case n > 1e11: // in seconds this is the year 5138
		return time.UnixMilli(n), true
	}
	return time.Unix(n, 0), true
}
