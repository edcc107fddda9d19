package reply

import (
	"bytes"
	"strings"

	"creel/capture/tomlfile"
)

// block is a part of a rules file: a rule with the comments above it, or
// something else.
type block struct {
	start, end int
	rule       bool
}

// places says where the keys of one rule stand in the file.
type places struct {
	doc    *tomlfile.Document
	header int // where the name in [[rule]] is
	line   int // where that line ends
	keys   []string
	at     map[string]tomlfile.Key
}

// of returns line and column of a key's value or, when the rule has no key of
// that name, of what it would be part of. For inside >= 0 it is that far inside
// of the value, provided that the value is written on one line without escapes.
func (p places) of(key string, inside int) (line, col int) {
	at := p.header
	for name := key; name != ""; name = name[:max(0, strings.LastIndexByte(name, '.'))] {
		found, ok := p.at[name]
		if !ok {
			continue
		}
		at = found.At
		if found.End > 0 {
			at = found.Value
		}
		raw := p.doc.Text[found.Value:found.End]
		if inside >= 0 && len(raw) > 2 && !bytes.ContainsAny(raw, "\\\n") && !bytes.HasPrefix(raw, []byte(`"""`)) {
			at = found.Value + 1 + inside
		}
		break
	}
	return p.doc.LineCol(at)
}

// layout is how a rules file is divided.
type layout struct {
	doc    *tomlfile.Document
	blocks []block
	rules  []places
	others []tomlfile.Key // that are no rule's: tables and keys
}

// divide finds the blocks of a file and the places of the keys of its rules.
func divide(text []byte) *layout {
	l := &layout{doc: tomlfile.Parse(text), blocks: []block{{}}}
	for i := range l.doc.Tables {
		t := &l.doc.Tables[i]
		isRule := t.Array && len(t.Path) == 1 && t.Path[0] == "rule"
		switch {
		case len(t.Path) == 0:
		case isRule:
			l.begin(t.Start, true)
			l.rules = append(l.rules, places{doc: l.doc, header: t.Name, line: t.Header, at: map[string]tomlfile.Key{}})
		case t.Path[0] != "rule":
			l.begin(t.Start, false)
			l.others = append(l.others, tomlfile.Key{Path: t.Path, At: t.Name})
		default: // [rule.reply]
			l.key(t.Path[1:], tomlfile.Key{At: t.Name})
		}
		for _, k := range t.Keys {
			path := append(t.Path[:len(t.Path):len(t.Path)], k.Path...)
			if path[0] == "rule" {
				l.key(path[1:], k)
			} else if len(t.Path) == 0 && len(k.Path) > 0 {
				l.others = append(l.others, k)
			}
		}
	}
	l.blocks[len(l.blocks)-1].end = len(text)
	return l
}

// begin ends the block before and begins another.
func (l *layout) begin(start int, rule bool) {
	l.blocks[len(l.blocks)-1].end = start
	l.blocks = append(l.blocks, block{start: start, rule: rule})
}

// key notes a key of the rule that was begun last.
func (l *layout) key(path []string, k tomlfile.Key) {
	if len(l.rules) == 0 || len(path) == 0 {
		return
	}
	r, name := &l.rules[len(l.rules)-1], strings.Join(path, ".")
	r.keys = append(r.keys, name)
	r.at[name] = k
}
