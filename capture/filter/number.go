package filter

import (
	"cmp"
	"math"
	"strconv"
	"strings"
	"time"
)

// A unit is how the numbers of a key are written.
type unit struct {
	what  string // for errors: "a size"
	try   string // an example of a value
	parse func(s string) (float64, bool)
	show  func(n int64) string
	// exact says that single values make sense; a duration is never exactly 5s.
	exact bool
	// wild says that numbers have three digits, and that x stands for any of the
	// last: 5xx.
	wild bool
}

var (
	counts   = unit{what: "a number", try: "2 or >=3", parse: parsePlain, show: showPlain, exact: true}
	ids      = unit{what: "an id", try: "412 or 410..420", parse: parseID, show: showID, exact: true}
	sizes    = unit{what: "a size", try: ">10k", parse: ParseSize, show: showSize, exact: true}
	spans    = unit{what: "a duration compared", try: "<5m or >300ms", parse: parseSpan, show: showSpan}
	statuses = unit{what: "a status", try: "500, 5xx or >=400", parse: parsePlain, show: showPlain, exact: true, wild: true}
)

// bounds are the numbers that a value stands for, both ends included.
type bounds struct{ lo, hi float64 }

func (b bounds) has(n int64) bool { return b.lo <= float64(n) && float64(n) <= b.hi }

// compareOps are tried in this order.
var compareOps = []struct {
	sign string
	make func(n float64) bounds
}{
	{">=", func(n float64) bounds { return bounds{n, math.Inf(1)} }},
	{"<=", func(n float64) bounds { return bounds{math.Inf(-1), n} }},
	{">", func(n float64) bounds { return bounds{math.Nextafter(n, math.Inf(1)), math.Inf(1)} }},
	{"<", func(n float64) bounds { return bounds{math.Inf(-1), math.Nextafter(n, math.Inf(-1))} }},
	{"=", func(n float64) bounds { return bounds{n, n} }},
}

// parseBounds reads 500, 5xx, >=400, 410..420, 410.. and ..420.
func parseBounds(s string, u unit) (bounds, bool) {
	for _, op := range compareOps {
		if rest, ok := strings.CutPrefix(s, op.sign); ok {
			n, ok := u.parse(rest)
			return op.make(n), ok
		}
	}
	if from, to, ok := strings.Cut(s, ".."); ok {
		return parseRange(from, to, u)
	}
	if digits := strings.TrimRight(s, "xX"); u.wild && len(s) == 3 && len(digits) < 3 {
		n, ok := parsePlain(digits)
		scale := math.Pow10(3 - len(digits))
		return bounds{n * scale, (n+1)*scale - 1}, ok
	}
	n, ok := u.parse(s)
	return bounds{n, n}, ok && u.exact && (!u.wild || n >= 100)
}

func parseRange(from, to string, u unit) (bounds, bool) {
	b := bounds{math.Inf(-1), math.Inf(1)}
	okFrom, okTo := true, true
	if from != "" {
		b.lo, okFrom = u.parse(from)
	}
	if to != "" {
		b.hi, okTo = u.parse(to)
	}
	return b, okFrom && okTo && from+to != "" && cmp.Compare(b.lo, b.hi) <= 0
}

func parsePlain(s string) (float64, bool) {
	n, err := strconv.ParseUint(s, 10, 53)
	return float64(n), err == nil
}

func parseID(s string) (float64, bool) { return parsePlain(strings.TrimPrefix(s, "#")) }

// sizeUnits are tried in this order; 1000s and 1024s as the flags have them.
var sizeUnits = []struct {
	name  string
	bytes float64
}{
	{"kib", 1 << 10},
	{"mib", 1 << 20},
	{"gib", 1 << 30},
	{"kb", 1e3},
	{"mb", 1e6},
	{"gb", 1e9},
	{"k", 1e3},
	{"m", 1e6},
	{"g", 1e9},
	{"b", 1},
}

// ParseSize reads a size in bytes: 300, 10k, 1.5M, 32MiB; k, M and G are 1000s,
// KiB, MiB and GiB are 1024s, the case does not matter.
func ParseSize(s string) (float64, bool) {
	scale := 1.0
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(strings.ToLower(s), u.name); ok {
			s, scale = rest, u.bytes
			break
		}
	}
	if s == "" || strings.Trim(s, "0123456789.") != "" {
		return 0, false // ParseFloat would take inf, 0x1p4 and 1_000
	}
	n, err := strconv.ParseFloat(s, 64)
	return n * scale, err == nil
}

// parseSpan reads a duration as nanoseconds; days are 24 hours.
func parseSpan(s string) (float64, bool) {
	if days, ok := strings.CutSuffix(s, "d"); ok && days != "" && strings.Trim(days, "0123456789.") == "" {
		n, err := strconv.ParseFloat(days, 64)
		return n * float64(24*time.Hour), err == nil
	}
	d, err := time.ParseDuration(s)
	return float64(d), err == nil && d >= 0
}

func showPlain(n int64) string { return strconv.FormatInt(n, 10) }
func showID(n int64) string    { return "#" + showPlain(n) }
func showSize(n int64) string  { return showPlain(n) + " bytes" }
func showSpan(n int64) string {
	d := time.Duration(n)
	switch {
	case d >= time.Minute:
		return d.Round(time.Second).String()
	case d >= time.Second:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(10 * time.Microsecond).String()
}
