package words_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture/words"
)

func TestTimes(t *testing.T) {
	type written struct{ Duration, Ago, Short, Age, Since, Latency string }
	const day = 24 * time.Hour
	for _, c := range []struct {
		d    time.Duration
		want written
	}{
		{-3 * time.Second, written{"3.0 s", "in 3.0 s", "<1ms", "0s", "now", "0 µs"}},
		{0, written{"<1 ms", "<1 ms ago", "<1ms", "0s", "now", "0 µs"}},
		{time.Millisecond - 1, written{"<1 ms", "<1 ms ago", "<1ms", "0s", "now", "999 µs"}},
		{time.Millisecond, written{"1 ms", "1 ms ago", "1ms", "0s", "now", "1.0 ms"}},
		{10 * time.Millisecond, written{"10 ms", "10 ms ago", "10ms", "0s", "now", "10 ms"}},
		{time.Second - 1, written{"999 ms", "999 ms ago", "999ms", "0s", "now", "999 ms"}},
		{time.Second, written{"1.0 s", "1.0 s ago", "1s", "1s", "1s ago", "1.0 s"}},
		{4190 * time.Millisecond, written{"4.1 s", "4.1 s ago", "4.1s", "4s", "4s ago", "4.2 s"}},
		{10*time.Second - 1, written{"9.9 s", "9.9 s ago", "9.9s", "9s", "9s ago", "10.0 s"}},
		{10 * time.Second, written{"10 s", "10 s ago", "10s", "10s", "10s ago", "10.0 s"}},
		{10500 * time.Millisecond, written{"10 s", "10 s ago", "10s", "10s", "10s ago", "10.5 s"}},
		{time.Minute - 1, written{"59 s", "59 s ago", "59s", "59s", "59s ago", "60.0 s"}},
		{time.Minute, written{"60 s", "60 s ago", "1m", "1m", "1m ago", "60.0 s"}},
		{2*time.Minute - 1, written{"119 s", "119 s ago", "1m", "1m", "1m ago", "120.0 s"}},
		{2 * time.Minute, written{"2 min", "2 min ago", "2m", "2m", "2m ago", "120.0 s"}},
		{time.Hour, written{"60 min", "60 min ago", "1h", "1h", "1h ago", "3600.0 s"}},
		{2 * time.Hour, written{"2 h", "2 h ago", "2h", "2h", "2h ago", "7200.0 s"}},
		{2*day - 1, written{"47 h", "47 h ago", "47h", "47h", "47h ago", "172800.0 s"}},
		{2 * day, written{"2 d", "2 d ago", "2d", "2d", "2d ago", "172800.0 s"}},
	} {
		d := c.d
		got := written{words.Duration(d), words.Ago(d), words.Short(d), words.Age(d), words.Since(d), words.Latency(d)}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%v:\n%s", d, diff)
		}
	}
}

func TestExact(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 59 * time.Second: "59 s", 59*time.Second + 500*time.Millisecond: "1 min", time.Minute: "1 min", time.Hour - time.Second: "59 min 59 s",
		-5 * time.Minute: "5 min", time.Hour: "1 h", 48*time.Hour - time.Minute: "47 h 59 min", 48 * time.Hour: "2 d", 73 * time.Hour: "3 d 1 h",
	} {
		if got := words.Exact(d); got != want {
			t.Errorf("Exact(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{
		0: "0 rows", 1: "1 row", 2: "2 rows", 999: "999 rows", 1000: "1,000 rows", 999999: "999,999 rows",
		1234567: "1,234,567 rows", -1: "-1 rows", -100: "-100 rows", -1000: "-1,000 rows",
	} {
		if got := words.Count(n, "row"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 3249: "3.2 kB", 9949: "9.9 kB", 10_000: "10 kB", 999_499: "999 kB",
		999_949: "1000 kB", 999_950: "1.0 MB", 2_500_000: "2.5 MB", 4_000_000_000: "4.0 GB", 5_000_000_000_000: "5.0 TB",
		999_950_000_000_000: "1000 TB", 7_000_000_000_000_000: "7000 TB",
	} {
		if got := words.Size(n); got != want {
			t.Errorf("Size(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestURL(t *testing.T) {
	for url, want := range map[string]string{
		"http://localhost:3000/hooks": ":3000/hooks",
		"http://127.0.0.1:3000":       ":3000",
		"https://localhost:3000":      "https://localhost:3000",
		"http://localhost/hooks":      "localhost/hooks",
		"http://localhost.example:80": "localhost.example:80",
		"http://example.com/a":        "example.com/a",
		"":                            "",
	} {
		if got := words.URL(url); got != want {
			t.Errorf("URL(%q) = %q, want %q", url, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"stripe", "stripe", 0},
		{"strpe", "stripe", 1},
		{"stripee", "stripe", 1},
		{"strope", "stripe", 1},
		{"stirpe", "stripe", 1}, // exchanged
		{"tsrpie", "stripe", 2},
		{"ab", "ba", 1},
		{"kitten", "sitting", 3},
	} {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := words.Distance(pair[0], pair[1]); got != tt.want {
				t.Errorf("%q to %q: %d, want %d", pair[0], pair[1], got, tt.want)
			}
		}
	}
}
