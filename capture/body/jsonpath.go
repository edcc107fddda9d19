package body

import "creel/capture/jsontok"

// Node is a value within a body.
type Node struct {
	// Path leads to it in the language of jq: .data.object["a-b"][3].
	Path string
	// Value are its bytes as they were sent; a string has its quotes.
	Value []byte
}

// Node returns the value that is shown in line i of the view: with its name, or
// the whole container that the line opens or closes. ok is false where the
// format has no values to point at, and where the end of the value is not known yet.
func (v *View) Node(i int) (n Node, ok bool) {
	if v.Folds == nil || i < 0 || i >= v.Folds.Len() {
		return Node{}, false
	}
	d, ok := v.Folds.doc.(*jsonDoc)
	if !ok {
		return Node{}, false
	}
	row, _ := v.Folds.row(i)
	return d.node(row)
}

// node finds the value of a row. For a path it has to walk there from the
// beginning, which takes as long as a pass over what is before.
func (d *jsonDoc) node(row int) (Node, bool) {
	d.seek(row)
	if d.line.closes {
		if first, ok := d.parent(row); ok {
			d.seek(first)
		}
	}
	start, value := d.cur.off, d.line.val
	if d.line.opens {
		at := d.cur.row + rowsOf(d.line.size()) - 1
		last, _, ok := d.end(at)
		if !ok {
			return Node{}, false
		}
		d.seek(last)
		value[1] = d.line.val[1]
	}
	if d.begun && value[1] == len(d.src) { // it may go on
		return Node{}, false
	}
	return Node{Path: d.path(start), Value: d.src[value[0]:value[1]]}, true
}

// path walks to the line that begins at off and says how it got there.
func (d *jsonDoc) path(off int) string {
	var path jsontok.Path
	for d.move(d.at[0]); ; d.next() {
		l := &d.line
		if n := len(path); n > 0 && !l.closes {
			path[n-1].Index++
			if path[n-1].Name = nil; l.key[1] > l.key[0] {
				path[n-1].Name = d.src[l.key[0]:l.key[1]]
			}
		}
		if d.cur.off >= off || d.atEnd() {
			break
		}
		switch {
		case l.opens:
			path = append(path, jsontok.Step{Index: -1})
		case l.closes && len(path) > 0:
			path = path[:len(path)-1]
		}
	}
	return path.String()
}
