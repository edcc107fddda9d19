package cli

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"

	"creel/capture"
	"creel/capture/body"
	"creel/capture/filter"
	"creel/capture/lazy"
	"creel/capture/sqlite"
)

var idArgument = lazy.Regexp(`^(#?|@)(\d{1,19})$`)

// writtenAsID is what is meant as an id, also where it is none.
var writtenAsID = lazy.Regexp(`^[#@]\d+$`)

var nameArgument = lazy.Regexp(`^[a-z]{1,3}\d{1,19}$`)

// selection says which exchanges are meant: some ids, or a filter.
type selection struct {
	ids    []idRef
	filter *filter.Filter // nil with ids
}

// idRef is 412 or #412, or @1, the newest; in a team a412, too.
type idRef struct {
	text   string
	n      uint64
	newest bool
	name   string // of an exchange of a team's ring: a412
}

// parseSelection reads the arguments of a command. When each of them is an id
// they are ids, else all together are one filter; none means everything. It is an
// error when one is written as an id and is none, such as @0.
func (p *program) parseSelection(args []string) (selection, error) {
	if ids, err := p.parseIDs(args); err == nil && len(ids) > 0 {
		return selection{ids: ids}, nil
	}
	for _, a := range args {
		if _, ok := parseID(a); !ok && writtenAsID().MatchString(a) {
			return selection{}, badID(a)
		}
	}
	f, err := parseFilter(strings.Join(args, " "))
	return selection{filter: f}, err
}

// withIDs calls do with the history that open opens, and the exchanges that the arguments name.
func (p *program) withIDs(ctx context.Context, args []string, open func(context.Context) (*history, error), do func(*history, []*capture.Exchange) error) error {
	refs, err := p.parseIDs(args)
	if err != nil {
		return err
	}
	h, err := open(ctx)
	if err != nil {
		return err
	}
	defer h.close()
	list, err := h.find(ctx, refs)
	if err != nil {
		return err
	}
	return do(h, list)
}

// parseIDs reads arguments that must be ids.
func (p *program) parseIDs(args []string) ([]idRef, error) {
	var out []idRef
	for _, a := range args {
		ref, ok := p.parseName(a)
		if !ok {
			return nil, badID(a)
		}
		out = append(out, ref)
	}
	return out, nil
}

func badID(arg string) error {
	return usagef("%q is not an id: write 412, #412, or @1 for the newest", arg)
}

// parseName reads an id, or in a team the name of a request: a412.
func (p *program) parseName(arg string) (idRef, bool) {
	if p.readsTeam() && nameArgument().MatchString(arg) {
		return idRef{text: arg, name: arg}, true
	}
	return parseID(arg)
}

func parseID(arg string) (idRef, bool) {
	m := idArgument().FindStringSubmatch(arg)
	if m == nil {
		return idRef{}, false
	}
	n, err := strconv.ParseUint(m[2], 10, 64)
	return idRef{text: arg, n: n, newest: m[1] == "@"}, err == nil && n > 0
}

// parseFilter reads a filter of the command line; a mistake is shown with its place.
func parseFilter(text string) (*filter.Filter, error) {
	f, err := filter.Parse(text, filter.History)
	if e, ok := errors.AsType[*filter.Error](err); ok {
		wrong := text[min(e.Start, len(text)):]
		if e.Start < e.End && e.End <= len(text) {
			wrong = text[e.Start:e.End]
		}
		return nil, usagef("filter: %s, at %q", e.Error(), wrong)
	} else if err != nil {
		return nil, usagef("filter: %w", err)
	}
	return f, nil
}

// choose yields the exchanges that are meant, in the order of the ids or else oldest first.
func (s selection) choose(ctx context.Context, h *history) iter.Seq2[*capture.Exchange, error] {
	if s.filter == nil {
		return collected(func() ([]*capture.Exchange, error) { return h.find(ctx, s.ids) })
	}
	return s.match(ctx, h, sqlite.Query{})
}

// newest yields the newest n of the exchanges that a filter means, oldest first. It
// reads from the newest on, as far as it has to.
func (s selection) newest(ctx context.Context, h *history, n int) iter.Seq2[*capture.Exchange, error] {
	return collected(func() (found []*capture.Exchange, _ error) {
		for ex, err := range s.match(ctx, h, sqlite.Query{NewestFirst: true}) {
			if err != nil {
				return nil, err
			}
			if found = append(found, ex); len(found) == n {
				break
			}
		}
		slices.Reverse(found)
		return found, nil
	})
}

// match yields what the filter means, in the order of q. The history narrows down what is matched by
// what it has columns for, unless each exchange is compared with those before it.
func (s selection) match(ctx context.Context, h *history, q sqlite.Query) iter.Seq2[*capture.Exchange, error] {
	if !s.filter.AsksOlder() {
		q.Where = append(q.Where, s.filter.Needs()...)
	}
	return func(yield func(*capture.Exchange, error) bool) {
		env := newHistoryEnv(ctx)
		for ex, err := range h.store.Select(ctx, q) {
			if err == nil {
				env.saw(ex)
				if !s.filter.Match(ex, &env.Env) {
					continue
				}
			}
			if !yield(ex, err) {
				return
			}
		}
	}
}

// historyEnv answers what an exchange does not say itself, of those that it saw.
type historyEnv struct {
	filter.Env
	first map[capture.DeliveryID]capture.ID // of each delivery
}

func newHistoryEnv(ctx context.Context) *historyEnv {
	e := &historyEnv{first: map[capture.DeliveryID]capture.ID{}}
	e.Duplicate = func(ex *capture.Exchange) bool {
		key, _ := ex.DeliveryID()
		first, ok := e.first[key]
		return ok && first != ex.ID
	}
	e.Body = body.Searched(ctx)
	return e
}

func (e *historyEnv) saw(ex *capture.Exchange) {
	if k, ok := ex.DeliveryID(); ok {
		if _, ok := e.first[k]; !ok {
			e.first[k] = ex.ID
		}
	}
}
