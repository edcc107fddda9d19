package reply

import (
	"bytes"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"
)

// block is a part of a rules file: a rule with the comments above it, or
// something else.
type block struct {
	start, end int
	rule       bool
}

// places says where the keys of one rule stand in the file.
type places struct {
	data   []byte
	header int // where the name in [[rule]] is
	keys   []string
	at     map[string]place
}

// place is where a key stands, and its value when that is one token.
type place struct {
	key, value, end int // value and end are 0 for lists and tables
}

// other is a key that is no rule's.
type other struct {
	name      string
	line, col int
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
		at = found.key
		if found.end > 0 {
			at = found.value
		}
		raw := p.data[found.value:found.end]
		if inside >= 0 && len(raw) > 2 && !bytes.ContainsAny(raw, "\\\n") && !bytes.HasPrefix(raw, []byte(`"""`)) {
			at = found.value + 1 + inside
		}
		break
	}
	return lineCol(p.data, at)
}

// lineCol counts both from 1, columns in bytes.
func lineCol(data []byte, at int) (line, col int) {
	return 1 + bytes.Count(data[:at], []byte("\n")), at - bytes.LastIndexByte(data[:at], '\n')
}

// walker goes over the expressions of a file.
type walker struct {
	p      unstable.Parser
	data   []byte
	blocks []block
	rules  []places
	others []other
	table  []string // the table that the keys are in; nil at the top
	last   int      // where the expression before ends
}

// walk finds the blocks of a file and the places of the keys of its rules. What
// comes after a mistake of syntax is left out; the decoder has said it.
func walk(data []byte) *walker {
	w := &walker{data: data, blocks: []block{{}}}
	w.p.Reset(data)
	for w.p.NextExpression() {
		n := w.p.Expression()
		switch n.Kind {
		case unstable.ArrayTable, unstable.Table:
			w.header(n)
		case unstable.KeyValue:
			w.keyValue(n, w.table)
			w.last = int(n.Raw.Offset + n.Raw.Length)
		}
	}
	w.blocks[len(w.blocks)-1].end = len(data)
	return w
}

func (w *walker) header(n *unstable.Node) {
	var path []string
	at, end := 0, 0
	for it := n.Key(); it.Next(); {
		k := it.Node()
		if path == nil {
			at = int(k.Raw.Offset)
		}
		path = append(path, string(k.Data))
		end = int(k.Raw.Offset + k.Raw.Length)
	}
	isRule := n.Kind == unstable.ArrayTable && len(path) == 1 && path[0] == "rule"
	w.table = path
	if isRule || path[0] != "rule" {
		start := w.above(bytes.LastIndexByte(w.data[:at], '\n') + 1)
		w.blocks[len(w.blocks)-1].end = start
		w.blocks = append(w.blocks, block{start: start, rule: isRule})
	}
	if path[0] != "rule" {
		w.other(path[0], at)
	}
	if n := len(w.rules); n > 0 && len(path) > 1 && path[0] == "rule" {
		name := strings.Join(path[1:], ".")
		w.rules[n-1].keys = append(w.rules[n-1].keys, name)
		w.rules[n-1].at[name] = place{key: at}
	}
	if isRule {
		w.rules = append(w.rules, places{data: w.data, header: at, at: map[string]place{}})
	}
	w.last = end
}

// above returns where the comment lines that stand right above a line begin.
func (w *walker) above(line int) int {
	for line > 0 {
		prev := bytes.LastIndexByte(w.data[:line-1], '\n') + 1
		text := bytes.TrimLeft(w.data[prev:line], " \t")
		if prev < w.last || len(text) == 0 || text[0] != '#' {
			return line
		}
		line = prev
	}
	return line
}

// keyValue notes where a key under the table path stands, and those in it.
func (w *walker) keyValue(n *unstable.Node, path []string) {
	path = append([]string(nil), path...)
	at := -1
	for it := n.Key(); it.Next(); {
		k := it.Node()
		if at < 0 {
			at = int(k.Raw.Offset)
		}
		path = append(path, string(k.Data))
	}
	if w.table == nil && path[0] != "rule" {
		w.other(path[0], at)
	}
	if len(w.rules) == 0 || path[0] != "rule" {
		return
	}
	r, v := &w.rules[len(w.rules)-1], n.Value()
	found := place{key: at}
	if v.Kind != unstable.Array && v.Kind != unstable.InlineTable {
		found.value, found.end = int(v.Raw.Offset), int(v.Raw.Offset+v.Raw.Length)
	}
	name := strings.Join(path[1:], ".")
	r.keys = append(r.keys, name)
	r.at[name] = found
	if v.Kind == unstable.InlineTable {
		for it := v.Children(); it.Next(); {
			w.keyValue(it.Node(), path)
		}
	}
}

func (w *walker) other(name string, at int) {
	line, col := lineCol(w.data, at)
	w.others = append(w.others, other{name, line, col})
}
