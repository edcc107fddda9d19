package compare

import (
	"bytes"
	"io"

	"creel/capture/jsontok"
)

// Value is a value of a JSON body that differs, with its tokens as they were
// sent.
type Value struct {
	Kind Kind
	Path string // in the language of jq: .data.object["a-b"][3]
	// Name is the name of the member in its quotes; empty for an element.
	Name     []byte
	Old, New []byte
	// Off is where the value begins in the new body. For one that was removed,
	// and for members in another order, it is the container it was in.
	Off int
}

func (v *Value) difference() Difference {
	return Difference{Kind: v.Kind, Name: v.Path, Old: string(v.Old), New: string(v.New)}
}

// compareJSON compares two JSON bodies by value, in the order of the new one. ok is
// false when one of them is not JSON. White space makes no difference, any other
// way of writing the same value does: 1e2 is not 100. Moved reports whether
// something differs only in the order of its members.
func compareJSON(old, new []byte) (values []Value, moved, ok bool) {
	a, ok := parse(old)
	if !ok {
		return nil, false, false
	}
	b, ok := parse(new)
	if !ok {
		return nil, false, false
	}
	d := differ{old: old, new: new}
	d.value(&a, &b)
	for i := range d.out {
		moved = moved || d.out[i].Kind == Moved
	}
	return d.out, moved, true
}

// node is a value: a scalar, or a container with what is in it.
type node struct {
	kind     jsontok.Kind // '{', '[', or 0 for a scalar
	off, end int
	name     [2]int // of a member: where its name is, quotes and all
	kids     []node
}

// parse reads one JSON value, which a byte order mark may precede.
func parse(src []byte) (node, bool) {
	off := 0
	if bytes.HasPrefix(src, []byte("\ufeff")) { // a byte order mark
		off = 3
	}
	r := jsontok.Reader{Lexer: jsontok.Lexer{Src: src, Off: off}}
	var top node // holds the value as its only kid
	path := []*node{&top}
	var name [2]int
	for {
		t, err := r.Next()
		if err != nil {
			if err != io.EOF {
				return node{}, false
			}
			return top.kids[0], true
		}
		in := path[len(path)-1]
		switch {
		case t.Kind == jsontok.Name:
			name = [2]int{t.Off, t.End}
		case t.Kind.Closes():
			in.end = t.End
			path = path[:len(path)-1]
		case t.Kind.Opens():
			in.kids = append(in.kids, node{kind: t.Kind, off: t.Off, name: name})
			path = append(path, &in.kids[len(in.kids)-1])
			name = [2]int{}
		case t.Kind.Scalar():
			in.kids = append(in.kids, node{off: t.Off, end: t.End, name: name})
			name = [2]int{}
		}
	}
}

// differ walks two values side by side.
type differ struct {
	old, new []byte
	path     jsontok.Path
	out      []Value
}

func (d *differ) value(a, b *node) {
	switch {
	case bytes.Equal(d.old[a.off:a.end], d.new[b.off:b.end]):
	case a.kind == '{' && b.kind == '{':
		d.objects(a, b)
	case a.kind == '[' && b.kind == '[':
		d.arrays(a, b)
	default:
		d.emit(Changed, a, b, b.off)
	}
}

func (d *differ) emit(kind Kind, a, b *node, off int) {
	v := Value{Kind: kind, Path: d.path.String(), Off: off}
	if n := len(d.path); n > 0 {
		v.Name = d.path[n-1].Name
	}
	if a != nil {
		v.Old = d.old[a.off:a.end]
	}
	if b != nil {
		v.New = d.new[b.off:b.end]
	}
	d.out = append(d.out, v)
}

// objects compares by name: the first of a name with the first, and so on. As
// long as the names come in the same order, they need no looking up.
func (d *differ) objects(a, b *node) {
	changes := len(d.out)
	from := 0
	for from < min(len(a.kids), len(b.kids)) && bytes.Equal(a.nameOf(d.old, from), b.nameOf(d.new, from)) {
		d.member(Changed, &a.kids[from], &b.kids[from], b.nameOf(d.new, from), 0)
		from++
	}
	if from == len(a.kids) && from == len(b.kids) {
		return
	}
	places := make(map[string][]int, len(a.kids)-from)
	for i := from; i < len(a.kids); i++ {
		name := string(a.nameOf(d.old, i))
		places[name] = append(places[name], i)
	}
	last, ordered := -1, true
	for i := from; i < len(b.kids); i++ {
		name := b.nameOf(d.new, i)
		old := places[string(name)]
		if len(old) == 0 {
			d.member(Added, nil, &b.kids[i], name, b.kids[i].off)
			continue
		}
		places[string(name)] = old[1:]
		ordered = ordered && old[0] > last
		last = old[0]
		d.member(Changed, &a.kids[old[0]], &b.kids[i], name, 0)
	}
	for i := from; i < len(a.kids); i++ {
		name := a.nameOf(d.old, i)
		if old := places[string(name)]; len(old) > 0 && old[0] == i {
			places[string(name)] = old[1:]
			d.member(Removed, &a.kids[i], nil, name, b.off)
		}
	}
	if !ordered && len(d.out) == changes {
		d.emit(Moved, a, b, b.off)
	}
}

// member compares two members of that name, or says that only one has it.
func (d *differ) member(kind Kind, a, b *node, name []byte, off int) {
	d.path = append(d.path, jsontok.Step{Name: name})
	if a != nil && b != nil {
		d.value(a, b)
	} else {
		d.emit(kind, a, b, off)
	}
	d.path = d.path[:len(d.path)-1]
}

func (n *node) nameOf(src []byte, i int) []byte {
	at := n.kids[i].name
	return src[at[0]:at[1]]
}

// arrays compares by place, what is the same at the beginning and at the end
// left out, so that one element more does not change all that follow.
func (d *differ) arrays(a, b *node) {
	from := 0
	for from < min(len(a.kids), len(b.kids)) && d.same(&a.kids[from], &b.kids[from]) {
		from++
	}
	endA, endB := len(a.kids), len(b.kids)
	for endA > from && endB > from && d.same(&a.kids[endA-1], &b.kids[endB-1]) {
		endA--
		endB--
	}
	for i := from; i < max(endA, endB); i++ {
		d.path = append(d.path, jsontok.Step{Index: i})
		switch {
		case i >= endA:
			d.emit(Added, nil, &b.kids[i], b.kids[i].off)
		case i >= endB:
			d.emit(Removed, &a.kids[i], nil, b.off)
		default:
			d.value(&a.kids[i], &b.kids[i])
		}
		d.path = d.path[:len(d.path)-1]
	}
}

// same reports whether two values differ in white space at most.
func (d *differ) same(a, b *node) bool {
	if a.kind != b.kind || len(a.kids) != len(b.kids) {
		return false
	}
	if bytes.Equal(d.old[a.off:a.end], d.new[b.off:b.end]) {
		return true
	}
	if a.kind == 0 {
		return false
	}
	for i := range a.kids {
		if !bytes.Equal(a.nameOf(d.old, i), b.nameOf(d.new, i)) || !d.same(&a.kids[i], &b.kids[i]) {
			return false
		}
	}
	return true
}
