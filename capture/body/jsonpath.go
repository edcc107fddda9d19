package body

import (
	"strconv"
	"strings"
	"unicode"
)

// Node is a value within a body.
type Node struct {
	// Path leads to it in the language of jq: .data.object["a-b"][3].
	Path string
	// Value are its bytes as they were sent; a string has its quotes.
	Value []byte
}

// Node returns the value that is shown in line i of the view: with its name, or
// the whole container that the line opens or closes. ok is false where the
// format has no values to point at.
func (v *View) Node(i int) (n Node, ok bool) {
	if v.Folds == nil || i < 0 || i >= v.Folds.Len() {
		return Node{}, false
	}
	d, ok := v.Folds.doc.(*jsonDoc)
	if !ok {
		return Node{}, false
	}
	row, _ := v.Folds.row(i)
	return d.node(row), true
}

// node finds the value of a row. For a path it has to walk there from the
// beginning, which takes as long as a pass over what is before.
func (d *jsonDoc) node(row int) Node {
	d.seek(row)
	if d.line.closes {
		if first, ok := d.parent(row); ok {
			d.seek(first)
		}
	}
	start, value := d.cur.off, d.line.val
	if d.line.opens {
		at := d.cur.row + rowsOf(d.line.size()) - 1
		if last, _, ok := d.end(at); ok {
			d.seek(last)
			value[1] = d.line.val[1]
		}
	}
	return Node{Path: d.path(start), Value: d.src[value[0]:value[1]]}
}

// step is one step of a path: a name, or a place in an array.
type step struct {
	object bool
	key    [2]int
	index  int
}

// path walks to the line that begins at off and says how it got there.
func (d *jsonDoc) path(off int) string {
	var steps []step
	for d.move(d.at[0]); ; d.next() {
		l := &d.line
		if n := len(steps); n > 0 && !l.closes {
			steps[n-1].key = l.key
			steps[n-1].index++
		}
		if d.cur.off >= off || l.next >= len(d.src) {
			break
		}
		switch {
		case l.opens:
			steps = append(steps, step{object: d.src[l.val[0]] == '{', index: -1})
		case l.closes && len(steps) > 0:
			steps = steps[:len(steps)-1]
		}
	}
	var b strings.Builder
	for _, s := range steps {
		if !s.object {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
			continue
		}
		writeName(&b, d.src[s.key[0]:s.key[1]])
	}
	path := b.String()
	if !strings.HasPrefix(path, ".") {
		path = "." + path
	}
	return path
}

// writeName writes a name as .name where jq allows it, else as ["name"] with
// the quotes and escapes it was sent with.
func writeName(b *strings.Builder, quoted []byte) {
	name := string(quoted[1 : len(quoted)-1])
	plain := name != ""
	for i, r := range name {
		if r > unicode.MaxASCII || r != '_' && !isLetter(byte(r)) && (i == 0 || r < '0' || r > '9') {
			plain = false
		}
	}
	if plain {
		b.WriteString("." + name)
		return
	}
	if b.Len() == 0 {
		b.WriteByte('.')
	}
	b.WriteString("[" + string(quoted) + "]")
}
