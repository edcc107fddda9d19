package reply

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// errOneList is why rules of a file cannot be changed one by one.
var errOneList = errors.New("rules: they are written as one list in the file: edit it there")

func ruleBlocks(text []byte) []block {
	return slices.DeleteFunc(divide(text).blocks, func(b block) bool { return !b.rule })
}

// Enable switches the i-th rule on or off.
func (r *Rules) Enable(i int, on bool) error {
	return r.edit(i, func(blocks [][]byte) ([][]byte, []int) {
		blocks[i] = setEnabled(blocks[i], on)
		return blocks, nil
	})
}

// Move puts the i-th rule at the place of the j-th.
func (r *Rules) Move(i, j int) error {
	return r.edit(i, func(blocks [][]byte) ([][]byte, []int) {
		j = min(max(j, 0), len(blocks)-1)
		order := identity(len(blocks))
		b := blocks[i]
		blocks = slices.Insert(slices.Delete(blocks, i, i+1), j, b)
		for k := range blocks[:len(blocks)-1] {
			blocks[k] = separated(blocks[k])
		}
		order = slices.Insert(slices.Delete(order, i, i+1), j, i)
		return blocks, order
	})
}

// removed is a rule that was taken off the list, and where it stood.
type removed struct {
	index int
	block []byte
	rule  *Rule
}

// Remove takes the i-th rule off the list. Restore brings it back.
func (r *Rules) Remove(i int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var gone removed
	err := r.editLocked(i, func(blocks [][]byte) ([][]byte, []int) {
		gone = removed{i, blocks[i], r.rules[i]}
		return slices.Delete(slices.Clone(blocks), i, i+1), slices.Delete(identity(len(blocks)), i, i+1)
	})
	if err == nil {
		r.removed = append(r.removed, gone)
	}
	return err
}

// Removed is how many rules Restore can bring back.
func (r *Rules) Removed() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.removed)
}

// Restore puts the rule that was removed last where it stood, with its counts,
// and returns its name.
func (r *Rules) Restore() (name string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(r.removed) - 1
	if n < 0 {
		return "", errors.New("rules: none was removed")
	}
	back, at := r.removed[n], 0
	err = r.editLocked(-1, func(blocks [][]byte) ([][]byte, []int) {
		if at = min(back.index, len(blocks)); at > 0 {
			blocks[at-1] = separated(blocks[at-1])
		}
		return slices.Insert(blocks, at, separated(back.block)), slices.Insert(identity(len(blocks)), at, -1)
	})
	if err != nil {
		return "", err
	}
	r.removed = r.removed[:n]
	r.rules[at].inherit(back.rule)
	return back.rule.name, nil
}

// Replace puts another block of text in the place of the i-th rule, whose
// counts start at zero. Was is the block it had when the user began to edit it: when
// the rules were read again meanwhile, and it has another, nothing is done.
func (r *Rules) Replace(i int, was, text string) error {
	if err := r.Check(text); err != nil {
		return err
	}
	same := true
	err := r.edit(i, func(blocks [][]byte) ([][]byte, []int) {
		order := identity(len(blocks))
		if same = string(blocks[i]) == was; same {
			blocks[i], order[i] = []byte(text), -1
		}
		return blocks, order
	})
	if err == nil && !same {
		return errors.New("rules: they were read again meanwhile: nothing was replaced")
	}
	return err
}

// Add puts a rule, as a block of text, before all others: the first match wins,
// and a new rule is meant to be seen working.
func (r *Rules) Add(text string) error {
	if err := r.Check(text); err != nil {
		return err
	}
	return r.edit(-1, func(blocks [][]byte) ([][]byte, []int) {
		return slices.Insert(blocks, 0, []byte(text)), slices.Insert(identity(len(blocks)), 0, -1)
	})
}

func identity(n int) []int {
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	return order
}

// edit changes the blocks of the rules; what stands between them stays where it
// is. The function returns the new blocks and which rule each was before, -1
// for none; nil when nothing moved.
func (r *Rules) edit(i int, change func(blocks [][]byte) (new [][]byte, was []int)) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.editLocked(i, change)
}

func (r *Rules) editLocked(i int, change func(blocks [][]byte) (new [][]byte, was []int)) error {
	all := divide(r.text).blocks
	var own [][]byte
	for _, b := range all {
		if b.rule {
			own = append(own, bytes.Clone(r.text[b.start:b.end]))
		}
	}
	switch {
	case len(own) != len(r.rules):
		return errOneList
	case i >= len(own):
		return fmt.Errorf("rules: there is no rule %d any more", i+1)
	}
	blocks, was := change(own)
	if was == nil {
		was = identity(len(blocks))
	}
	text := assemble(r.text, all, blocks)
	rules, err := r.source.parse(text)
	if wrong, ok := errors.AsType[RuleErrors](err); ok {
		return errors.New("rules: " + wrong[0].Msg) // its place is in a text that nobody has
	} else if err != nil {
		return err
	}
	for n, old := range was {
		if old >= 0 {
			rules[n].inherit(r.rules[old])
		}
	}
	r.text, r.rules = text, rules
	return nil
}

// assemble writes the blocks in the places of the rules; those beyond them go
// where the last rule was, or at the end.
func assemble(text []byte, places []block, blocks [][]byte) []byte {
	var out []byte
	put := func(b []byte) {
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(out, b...)
	}
	left := slices.IndexFunc(places, func(b block) bool { return b.rule })
	rules := len(slices.DeleteFunc(slices.Clone(places), func(b block) bool { return !b.rule }))
	for i, p := range places {
		if !p.rule {
			put(text[p.start:p.end])
			continue
		}
		if i == left { // more blocks than places: the first place takes the rest
			for len(blocks) > rules {
				put(separated(blocks[0]))
				blocks = blocks[1:]
			}
		}
		if rules--; len(blocks) > 0 {
			put(blocks[0])
			blocks = blocks[1:]
		}
	}
	for _, b := range blocks {
		if len(out) > 0 {
			out = separated(out)
		}
		put(b)
	}
	return out
}

// separated ends a block with an empty line, so that a comment at its end does not
// come to stand above the next rule.
func separated(b []byte) []byte {
	for !bytes.HasSuffix(b, []byte("\n\n")) && !bytes.HasSuffix(b, []byte("\n\r\n")) {
		b = append(b, '\n')
	}
	return b
}

// setEnabled switches a rule in its block: the value of the key it has, or a
// new line below the header.
func setEnabled(text []byte, on bool) []byte {
	rule := divide(text).rules[0]
	if p, ok := rule.at["enabled"]; ok {
		return slices.Concat(text[:p.Value], strconv.AppendBool(nil, on), text[p.End:])
	}
	if on {
		return text
	}
	return slices.Concat(text[:rule.line], []byte("\nenabled = false"), text[rule.line:])
}
