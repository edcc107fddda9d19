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

// ruleBlock is the text of a rule, and the rule whose counts it goes on with; nil for
// a new one.
type ruleBlock struct {
	text []byte
	was  *Rule
}

// Enable switches the i-th rule on or off.
func (r *Rules) Enable(i int, on bool) error {
	return r.edit(i, func(list []ruleBlock) []ruleBlock {
		list[i].text = setEnabled(list[i].text, on)
		return list
	})
}

// Move puts the i-th rule at the place of the j-th.
func (r *Rules) Move(i, j int) error {
	return r.edit(i, func(list []ruleBlock) []ruleBlock {
		moved := list[i]
		list = slices.Delete(list, i, i+1)
		list = slices.Insert(list, min(max(j, 0), len(list)), moved)
		for k := range list[:len(list)-1] {
			list[k].text = separated(list[k].text)
		}
		return list
	})
}

// removed is a rule that was taken off the list, and where it stood.
type removed struct {
	index int
	ruleBlock
}

// Remove takes the i-th rule off the list. Restore brings it back.
func (r *Rules) Remove(i int) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var gone removed
	err := r.editLocked(i, func(list []ruleBlock) []ruleBlock {
		gone = removed{i, list[i]}
		return slices.Delete(list, i, i+1)
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
	back := r.removed[n]
	err = r.editLocked(-1, func(list []ruleBlock) []ruleBlock {
		at := min(back.index, len(list))
		if at > 0 {
			list[at-1].text = separated(list[at-1].text)
		}
		return slices.Insert(list, at, ruleBlock{separated(back.text), back.was})
	})
	if err != nil {
		return "", err
	}
	r.removed = r.removed[:n]
	return back.was.name, nil
}

// Replace puts another block of text in the place of the i-th rule, whose
// counts start at zero. Was is the block it had when the user began to edit it: when
// the rules were read again meanwhile, and it has another, nothing is done.
func (r *Rules) Replace(i int, was, text string) error {
	if err := r.Check(text); err != nil {
		return err
	}
	same := true
	err := r.edit(i, func(list []ruleBlock) []ruleBlock {
		if same = string(list[i].text) == was; same {
			list[i] = ruleBlock{text: []byte(text)}
		}
		return list
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
	return r.edit(-1, func(list []ruleBlock) []ruleBlock {
		return slices.Insert(list, 0, ruleBlock{text: []byte(text)})
	})
}

// edit changes the blocks of the rules; what stands between them stays where it is.
// There has to be an i-th rule.
func (r *Rules) edit(i int, change func([]ruleBlock) []ruleBlock) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.editLocked(i, change)
}

func (r *Rules) editLocked(i int, change func([]ruleBlock) []ruleBlock) error {
	places := ruleBlocks(r.text)
	switch {
	case len(places) != len(r.rules):
		return errOneList
	case i >= len(places):
		return fmt.Errorf("rules: there is no rule %d any more", i+1)
	}
	list := make([]ruleBlock, len(places))
	for n, b := range places {
		list[n] = ruleBlock{bytes.Clone(r.text[b.start:b.end]), r.rules[n]}
	}
	list = change(list)
	blocks := make([][]byte, len(list))
	for n := range list {
		blocks[n] = list[n].text
	}
	text := assemble(r.text, blocks)
	rules, err := r.source.parse(text)
	if wrong, ok := errors.AsType[RuleErrors](err); ok {
		return errors.New("rules: " + wrong[0].Msg) // its place is in a text that nobody has
	} else if err != nil {
		return err
	}
	for n, b := range list {
		if b.was != nil {
			rules[n].inherit(b.was)
		}
	}
	r.text, r.rules = text, rules
	return nil
}

// assemble writes the blocks in the places of the rules; those beyond them go
// where the last rule was, or at the end.
func assemble(text []byte, blocks [][]byte) []byte {
	places := divide(text).blocks
	var out []byte
	put := func(b []byte) {
		if len(out) > 0 && out[len(out)-1] != '\n' {
			out = append(out, '\n')
		}
		out = append(out, b...)
	}
	left := slices.IndexFunc(places, func(b block) bool { return b.rule })
	rules := len(ruleBlocks(text))
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
