// Package words writes durations, ages, sizes, numbers, counts and URLs for people:
// the same way on every screen, in every command and in every explanation.
package words

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// Duration writes the size of d in one unit, for a sentence: <1 ms, 4 ms, 3.1 s,
// 25 min, 3 h, 12 d. What is left over is cut off, not rounded up.
func Duration(d time.Duration) string {
	switch d = d.Abs(); {
	case d < time.Millisecond:
		return "<1 ms"
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < 10*time.Second:
		return tenths(d) + " s"
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	}
	return fmt.Sprintf("%d d", d/day)
}

// Ago says in a sentence how long ago something was, or, for d below 0, in how
// long it will be: 25 min ago, in 3 h.
func Ago(d time.Duration) string {
	if d < 0 {
		return "in " + Duration(d)
	}
	return Duration(d) + " ago"
}

// Short writes a duration in at most five cells, for a column: <1ms, 31ms, 4.1s,
// 25s, 4m, 3h, 12d.
func Short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return "<1ms"
	case d < time.Second:
		return fmt.Sprintf("%dms", d.Milliseconds())
	case d < 10*time.Second && d%time.Second != 0:
		return tenths(d) + "s"
	}
	return Age(d)
}

// Age writes how long something has been going on, in whole units of at least a
// second: 0s, 25s, 4m, 3h, 12d.
func Age(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Minute:
		return fmt.Sprintf("%ds", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%dm", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dd", d/day)
}

// Since is [Age] as a time in the past: now, 25s ago.
func Since(d time.Duration) string {
	if d < time.Second {
		return "now"
	}
	return Age(d) + " ago"
}

// Latency writes a duration with two digits or more, for comparing: 420 µs,
// 4.2 ms, 31 ms, 1.2 s.
func Latency(d time.Duration) string {
	switch d = max(d, 0); {
	case d < time.Millisecond:
		return fmt.Sprintf("%d µs", d.Microseconds())
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// Exact writes a duration in its two largest units, to the second, for comparing
// with a limit: 3 s, 5 min 1 s, 2 h, 3 d 4 h.
func Exact(d time.Duration) string {
	d = d.Abs().Round(time.Second)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return twoUnits(d, time.Minute, "min", time.Second, "s")
	case d < 2*day:
		return twoUnits(d, time.Hour, "h", time.Minute, "min")
	}
	return twoUnits(d, day, "d", time.Hour, "h")
}

func twoUnits(d, large time.Duration, name string, small time.Duration, smallName string) string {
	text := fmt.Sprintf("%d %s", d/large, name)
	if rest := d % large / small; rest > 0 {
		text += fmt.Sprintf(" %d %s", rest, smallName)
	}
	return text
}

func tenths(d time.Duration) string {
	return fmt.Sprintf("%d.%d", d/time.Second, d%time.Second/(100*time.Millisecond))
}

// Size writes a number of bytes for people: 512 B, 3.2 kB, 10 MB.
func Size(n int64) string {
	const units = "kMGT"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, u := float64(n)/1000, 0
	for f >= 999.95 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	if f < 10 {
		return fmt.Sprintf("%.1f %cB", f, units[u])
	}
	return fmt.Sprintf("%.0f %cB", f, units[u])
}

// Number writes n with commas between its thousands: 1,234,567.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count is a number and its noun, which takes an s for any number but 1: 1 request,
// 1,204 requests.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return Number(n) + " " + noun + "s"
}

// WithoutHTTP is a URL without http://, which goes without saying.
func WithoutHTTP(url string) string { return strings.TrimPrefix(url, "http://") }

// URL is a URL in short, without http, unix and the names of this machine:
// :3000/hooks for http://localhost:3000/hooks.
func URL(url string) string {
	s := strings.TrimPrefix(WithoutHTTP(url), "unix://")
	for _, host := range []string{"localhost:", "127.0.0.1:"} {
		if rest, ok := strings.CutPrefix(s, host); ok {
			return ":" + rest
		}
	}
	return s
}
