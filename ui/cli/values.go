package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// size is a flag value in bytes: 500, 10k, 10MB and 10M are powers of 1000,
// 10KiB, 10MiB and 10GiB of 1024.
type size int64

var sizeUnits = []struct {
	suffix string
	factor float64
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

func (s *size) String() string {
	n := int64(*s)
	for _, u := range []struct {
		name   string
		factor int64
	}{{"GiB", 1 << 30}, {"G", 1e9}, {"MiB", 1 << 20}, {"M", 1e6}, {"KiB", 1 << 10}, {"k", 1e3}} {
		if n >= u.factor && n%u.factor == 0 {
			return strconv.FormatInt(n/u.factor, 10) + u.name
		}
	}
	return strconv.FormatInt(n, 10)
}

// Set parses a size.
func (s *size) Set(v string) error {
	num, factor := strings.ToLower(strings.TrimSpace(v)), 1.0
	for _, u := range sizeUnits {
		if rest, ok := strings.CutSuffix(num, u.suffix); ok {
			num, factor = strings.TrimSpace(rest), u.factor
			break
		}
	}
	f, err := strconv.ParseFloat(num, 64)
	if err != nil || !(f >= 0) || f*factor >= 1<<62 {
		return fmt.Errorf("%q is not a size: write it like 500k, 32MiB or 1G", v)
	}
	*s = size(f * factor)
	return nil
}

// Type names the value in the help.
func (s *size) Type() string { return "SIZE" }

// oneOf is a flag value out of a few words.
type oneOf struct {
	value string
	words []string
}

func (o *oneOf) String() string { return o.value }

// Set accepts one of the words.
func (o *oneOf) Set(v string) error {
	if !slices.Contains(o.words, v) {
		return fmt.Errorf("%q is none of %s", v, strings.Join(o.words, ", "))
	}
	o.value = v
	return nil
}

// Type names the value in the help.
func (o *oneOf) Type() string { return strings.Join(o.words, "|") }

// texts is a repeatable flag value. The first one given replaces the default.
type texts struct {
	values []string
	given  bool
	kind   string
}

func (t *texts) String() string { return strings.Join(t.values, " ") }

// Set adds a value.
func (t *texts) Set(v string) error {
	if !t.given {
		t.values, t.given = nil, true
	}
	t.values = append(t.values, v)
	return nil
}

// Type names the value in the help.
func (t *texts) Type() string { return t.kind }
