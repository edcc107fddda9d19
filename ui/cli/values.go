package cli

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"creel/capture/filter"
)

// size is a flag value in bytes: 10k and 10M are powers of 1000, 10KiB and 10MiB of 1024.
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

func (s *size) Set(v string) error {
	n, ok := filter.ParseSize(strings.ReplaceAll(strings.TrimSpace(v), " ", ""))
	if !ok || n >= 1<<62 {
		return fmt.Errorf("%q is not a size: write it like 500k, 32MiB or 1G", v)
	}
	if n == 0 {
		return fmt.Errorf("%q is too small: it is at least 1 byte", v)
	}
	*s = size(n)
	return nil
}

func (s *size) Type() string { return "SIZE" }

// parsed is a flag value that parse reads.
type parsed[T any] struct {
	value *T
	kind  string // names it in help
	parse func(string) (T, error)
}

func (p *parsed[T]) String() string { return fmt.Sprint(*p.value) }

func (p *parsed[T]) Set(v string) error {
	is, err := p.parse(v)
	if err == nil {
		*p.value = is
	}
	return err
}

func (p *parsed[T]) Type() string { return p.kind }

// intFlag registers a flag whose value is a whole number of at least least.
func intFlag(f *pflag.FlagSet, value *int, name, short string, least, usual int, usage string) {
	*value = usual
	f.VarP(&parsed[int]{value, "N", func(v string) (int, error) {
		n, err := strconv.ParseInt(strings.TrimSpace(v), 10, 32)
		switch {
		case errors.Is(err, strconv.ErrRange):
			err = fmt.Errorf("%s is too large or too small", v)
		case err != nil:
			err = fmt.Errorf("%q is not a whole number", v)
		case int(n) < least:
			err = fmt.Errorf("%d is too small: it is at least %d", n, least)
		}
		return int(n), err
	}}, name, short, usage)
}

// The least that a time span may be.
const (
	fromZero  time.Duration = 0
	aboveZero time.Duration = 1
)

// durationFlag registers a flag whose value is a time span of at least least.
func durationFlag(f *pflag.FlagSet, value *time.Duration, name string, least, usual time.Duration, usage string) {
	*value = usual
	f.Var(&parsed[time.Duration]{value, "D", func(v string) (time.Duration, error) {
		d, err := time.ParseDuration(strings.TrimSpace(v))
		switch {
		case err != nil:
			err = fmt.Errorf("%q is not a duration: write it like 300ms, 5s or 2m", v)
		case d < least && least == fromZero:
			err = fmt.Errorf("%s is less than no time", v)
		case d < least:
			err = fmt.Errorf("%s is too short: it is more than 0", v)
		}
		return d, err
	}}, name, usage)
}

// oneOf is a flag value out of a few words.
type oneOf struct {
	value string
	words []string
}

func (o *oneOf) String() string { return o.value }

func (o *oneOf) Set(v string) error {
	switch {
	case slices.Contains(o.words, v):
	case len(o.words) == 1:
		return fmt.Errorf("%q is not known: there is only %s", v, o.words[0])
	default:
		return fmt.Errorf("%q is not one of %s%s", v, strings.Join(o.words, ", "), meant(v, o.words))
	}
	o.value = v
	return nil
}

func (o *oneOf) Type() string { return strings.Join(o.words, "|") }

// texts is a repeatable flag value. The first one given replaces the default.
type texts struct {
	values []string
	given  bool
	kind   string
}

func (t *texts) String() string { return strings.Join(t.values, " ") }

func (t *texts) Set(v string) error {
	if !t.given {
		t.values, t.given = nil, true
	}
	t.values = append(t.values, v)
	return nil
}

func (t *texts) Type() string { return t.kind }

// valueError is what is wrong with a value of a flag, in words for people.
func valueError(f *pflag.Flag, value string, err error) error {
	if f.Value.Type() == "bool" {
		return fmt.Errorf("%q is neither true nor false", value)
	}
	return err
}
