package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"creel/capture/filter"
)

// size is a flag value in bytes: 500, 10k, 10MB and 10M are powers of 1000,
// 10KiB, 10MiB and 10GiB of 1024.
type size int64

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
	n, ok := filter.ParseSize(strings.ReplaceAll(strings.TrimSpace(v), " ", ""))
	if !ok || n >= 1<<62 {
		return fmt.Errorf("%q is not a size: write it like 500k, 32MiB or 1G", v)
	}
	*s = size(n)
	return nil
}

// Type names the value in the help.
func (s *size) Type() string { return "SIZE" }

// count is a flag value that is a whole number, not below zero.
type count int

func (c *count) String() string { return strconv.Itoa(int(*c)) }

// Set parses a whole number.
func (c *count) Set(v string) error {
	n, err := strconv.ParseUint(strings.TrimSpace(v), 10, 31)
	if err != nil {
		return fmt.Errorf("%q is not a whole number", v)
	}
	*c = count(n)
	return nil
}

// Type names the value in the help.
func (c *count) Type() string { return "N" }

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
