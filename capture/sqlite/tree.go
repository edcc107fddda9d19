package sqlite

import (
	"encoding/binary"
	"fmt"
	"math"
)

// tree reads the rows of a table in the order of their numbers, straight from the file, as
// https://www.sqlite.org/fileformat2.html describes it. Nobody may write to the file
// meanwhile. SQLite takes longer for each value that it is asked for than for finding a
// row: a start with 150,000 requests takes half of the CPU for it.
type tree struct {
	pages       pages
	table       *table
	after, last int64  // the numbers that are read: above after, up to last
	path        []node // from the root to where it is
	left        int64  // how many pages may be entered: in a damaged file they lead in circles

	id  int64 // of the row where it is; math.MaxInt64 after the last
	row []value
	err error
}

// node is a page on the way to a row.
type node struct {
	page     []byte
	next     int   // which of its cells is next
	min, max int64 // its rows have numbers above min, up to max
}

// newTree returns the tree with that root, before its first row.
func newTree(p pages, t *table, root, after, last int64) *tree {
	r := &tree{pages: p, table: t, after: after, last: last, left: p.last, id: after}
	r.enter(root, math.MinInt64, math.MaxInt64)
	return r
}

// columns are those of the row, until the next is read.
func (r *tree) columns() []value { return r.row[1 : len(r.row)-1] }

// seek goes to the first row whose number is at least id.
func (r *tree) seek(id int64) {
	for r.id < id {
		r.next()
	}
}

// next goes to the next row and reports whether there is one.
func (r *tree) next() bool {
	for r.err == nil && len(r.path) > 0 {
		n := &r.path[len(r.path)-1]
		switch n.page[0] {
		case leafTable:
			if cell := r.cell(n, 8); cell == nil {
				r.path = r.path[:len(r.path)-1]
			} else if r.read(n, cell) {
				return true
			}
		case interiorTable:
			r.descend(n)
		default:
			r.damaged()
		}
	}
	r.id = math.MaxInt64
	return false
}

// cell returns the next cell of a page whose head has so many bytes; nil when there is none.
func (r *tree) cell(n *node, head int) []byte {
	i := n.next
	n.next++
	if i >= int(binary.BigEndian.Uint16(n.page[3:])) {
		return nil
	}
	if head += 2 * i; head+2 <= len(n.page) {
		if at := int(binary.BigEndian.Uint16(n.page[head:])); at+5 <= len(n.page) {
			return n.page[at:]
		}
	}
	r.damaged()
	return nil
}

// descend goes to the next child of a page, unless all of its rows are before those that
// are read.
func (r *tree) descend(n *node) {
	cell := r.cell(n, 12)
	if cell == nil { // the last child stands in the head
		cells, number, after := int(binary.BigEndian.Uint16(n.page[3:])), binary.BigEndian.Uint32(n.page[8:]), n.min
		if n.next > cells+1 {
			r.path = r.path[:len(r.path)-1]
		} else {
			r.enter(int64(number), after, n.max)
		}
		return
	}
	largest, _, ok := varint(cell[4:])
	after := n.min
	n.min = int64(largest)
	if !ok || n.min <= after || n.min > n.max {
		r.damaged()
	} else if n.min > r.after {
		r.enter(int64(binary.BigEndian.Uint32(cell)), after, n.min)
	}
}

// enter goes to a page of the table.
func (r *tree) enter(number, after, last int64) {
	if r.left--; r.left < 0 || number < 1 || number > r.pages.last {
		r.damaged()
	}
	if r.err != nil {
		return
	}
	depth := len(r.path)
	if depth < cap(r.path) { // what was there is used again
		r.path = r.path[:depth+1]
	} else {
		r.path = append(r.path, node{})
	}
	n := &r.path[depth]
	if n.page == nil {
		n.page = make([]byte, pageBytes)
	}
	n.next, n.min, n.max = 0, after, last
	if r.pages.readInto(n.page, number) == nil {
		r.damaged()
	}
}

// read reads a row, and reports whether it is one of those that are read.
func (r *tree) read(n *node, data []byte) bool {
	c, ok := r.pages.cell(data)
	if !ok || c.id <= n.min || c.id > n.max {
		r.damaged()
		return false
	}
	n.min = c.id
	if c.id <= r.after {
		return false
	}
	if c.id > r.last {
		r.path = nil
		return false
	}
	if r.row, ok = appendRecord(r.row[:0], c.record); !ok || len(r.row) != len(r.table.columns)+2 {
		r.damaged()
		return false
	}
	r.id = c.id
	r.row[0] = value{kind: kindNumber, number: c.id}
	if row, sum := r.row[:len(r.row)-1], r.row[len(r.row)-1]; sum.kind != kindNumber || sum.number != r.table.sumOf(row) {
		r.damaged()
		return false
	}
	return true
}

func (r *tree) damaged() {
	if r.err == nil {
		r.err = fmt.Errorf("%w of table %s", errRow, r.table.name)
	}
}
