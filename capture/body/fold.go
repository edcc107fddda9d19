package body

import (
	"slices"
	"sort"

	"creel/capture/safe"
	"creel/capture/words"
)

// treeLevel is how deep a tree is open to begin with.
const treeLevel = 2

// foldable is a layout with containers in it.
type foldable interface {
	Doc
	// end returns the last row of the container that row i opens, and how many
	// children it has. ok is false when the row opens none.
	end(i int) (last, children int, ok bool)
	// parent returns the row that opens the container around row i; for a row
	// that closes one, that container.
	parent(i int) (int, bool)
	// shut lays out the container from row i to last as one line.
	shut(i, last, children int) Line
	// containers calls yield with the rows of each container that begins at a
	// depth, in order.
	containers(depth int, yield func(i, last int))
}

// Folded is a view whose containers can be folded into one line each. It is for
// one goroutine.
type Folded struct {
	doc foldable
	// In order, none within another: what was folded within one that is opened
	// is open.
	folds []fold
}

type fold struct {
	first, last int // rows of the layout
	hidden      int // rows that this fold and those before it hide
}

func newFolded(d foldable) *Folded { return &Folded{doc: d} }

// Len is the number of rows that are not folded away.
func (f *Folded) Len() int {
	if n := len(f.folds); n > 0 {
		return f.doc.Len() - f.folds[n-1].hidden
	}
	return f.doc.Len()
}

// Rows is the number of rows of the layout, those that are folded away among
// them.
func (f *Folded) Rows() int { return f.doc.Len() }

// row returns the row of the layout that is shown as line i, and the fold that
// it is the line of, if it is.
func (f *Folded) row(i int) (int, *fold) {
	// The first fold whose line is at or below i.
	n := sort.Search(len(f.folds), func(n int) bool { return f.shown(n) >= i })
	hidden := 0
	if n > 0 {
		hidden = f.folds[n-1].hidden
	}
	if n < len(f.folds) && f.shown(n) == i {
		return i + hidden, &f.folds[n]
	}
	return i + hidden, nil
}

// shown is the line in which fold n is shown.
func (f *Folded) shown(n int) int {
	if n == 0 {
		return f.folds[0].first
	}
	return f.folds[n].first - f.folds[n-1].hidden
}

// Line lays out line i.
func (f *Folded) Line(i int) Line {
	row, shut := f.row(i)
	if shut == nil {
		return f.doc.Line(row)
	}
	_, children, _ := f.doc.end(row)
	return f.doc.shut(row, shut.last, children)
}

// Toggle folds what line i opens, or opens what is folded in it. Where it does
// neither, it reports false.
func (f *Folded) Toggle(i int) bool {
	row, shut := f.row(i)
	if shut != nil {
		return f.Open(i)
	}
	last, _, ok := f.doc.end(row)
	if !ok {
		return false
	}
	f.put(fold{first: row, last: last})
	return true
}

// Open opens what is folded in line i; false when nothing is.
func (f *Folded) Open(i int) bool {
	row, shut := f.row(i)
	if shut == nil {
		return false
	}
	f.folds = slices.DeleteFunc(f.folds, func(x fold) bool { return x.first == row })
	f.count()
	return true
}

// Fold folds the container that line i belongs to: the one it opens, else the
// one around it. It returns the line that now stands for it.
func (f *Folded) Fold(i int) (line int, ok bool) {
	row, shut := f.row(i)
	if shut == nil {
		if last, _, opens := f.doc.end(row); opens {
			f.put(fold{first: row, last: last})
			return i, true
		}
	}
	first, ok := f.doc.parent(row)
	if !ok {
		return i, false
	}
	last, _, ok := f.doc.end(first)
	if !ok {
		return i, false
	}
	f.put(fold{first: first, last: last})
	return f.LineOf(first), true
}

// FoldLevel folds every container at that depth, and opens all others: 0 folds
// everything into one line.
func (f *Folded) FoldLevel(depth int) {
	f.folds = nil
	f.doc.containers(depth, func(i, last int) { f.folds = append(f.folds, fold{first: i, last: last}) })
	f.count()
}

// OpenAll opens everything.
func (f *Folded) OpenAll() { f.folds = nil }

// AnyShut reports whether something is folded.
func (f *Folded) AnyShut() bool { return len(f.folds) > 0 }

// put adds a fold and drops those within it.
func (f *Folded) put(x fold) {
	f.folds = slices.DeleteFunc(f.folds, func(o fold) bool { return o.first >= x.first && o.last <= x.last })
	n := sort.Search(len(f.folds), func(n int) bool { return f.folds[n].first > x.first })
	f.folds = slices.Insert(f.folds, n, x)
	f.count()
}

func (f *Folded) count() {
	hidden := 0
	for i := range f.folds {
		hidden += f.folds[i].last - f.folds[i].first
		f.folds[i].hidden = hidden
	}
}

// LineOf returns the line that shows a row of the layout: the fold it is in, if
// it is folded away.
func (f *Folded) LineOf(row int) int {
	n := sort.Search(len(f.folds), func(n int) bool { return f.folds[n].first >= row })
	if n > 0 && f.folds[n-1].last >= row {
		return f.shown(n - 1)
	}
	if n > 0 {
		return row - f.folds[n-1].hidden
	}
	return row
}

// Reveal opens the fold that hides a row of the layout and returns the line in
// which it is shown.
func (f *Folded) Reveal(row int) int {
	for {
		line := f.LineOf(row)
		if at, shut := f.row(line); shut == nil || at == row {
			return line
		}
		f.Open(line)
	}
}

// summary is what stands for the inside of a folded container; of a size that is not
// known, which is 0, it says nothing.
func summary(children int, what string, size int) safe.Text {
	if children != 1 {
		what += "s"
	}
	if size > 0 {
		what += ", " + words.Size(int64(size))
	}
	return safe.Linef("%d %s", children, what)
}

// RowOf returns the row of the layout that line i shows or begins with.
func (f *Folded) RowOf(i int) int {
	row, _ := f.row(i)
	return row
}
