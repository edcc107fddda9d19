package tomlfile

import (
	"bytes"
	"slices"

	"github.com/pelletier/go-toml/v2/unstable"
)

// Document says where the tables and keys of a text stand.
type Document struct {
	Text []byte
	// Tables are in the order of the text. The first is what stands above all
	// headers; it has no path.
	Tables []Table
}

// Table is a table, or an element of an array of tables.
type Table struct {
	Path  []string
	Array bool // [[path]]
	// Name is where the path begins in the header, Header where its line ends,
	// the line break not included.
	Name, Header int
	// Start is where the comment lines right above the header begin, End is where
	// the next table starts.
	Start, End int
	Keys       []Key
}

// Key is a key of a table, or of an inline table in it.
type Key struct {
	Path []string // from the table on
	At   int
	// Value and End are the bytes of the value; both are 0 for a list and an
	// inline table.
	Value, End int
}

// Parse finds the places in a text. What comes after a mistake of syntax is left
// out; a decoder says what the mistake is.
func Parse(text []byte) *Document {
	w := &walker{Document: Document{Text: text, Tables: []Table{{}}}}
	w.parser.Reset(text)
	for w.parser.NextExpression() {
		switch n := w.parser.Expression(); n.Kind {
		case unstable.ArrayTable, unstable.Table:
			w.header(n)
		case unstable.KeyValue:
			w.keyValue(n, nil)
			w.last = int(n.Raw.Offset + n.Raw.Length)
		}
	}
	w.table().End = len(text)
	return &w.Document
}

// LineCol is the place of a byte, both counted from 1, columns in bytes.
func (d *Document) LineCol(at int) (line, col int) {
	return 1 + bytes.Count(d.Text[:at], []byte("\n")), at - bytes.LastIndexByte(d.Text[:at], '\n')
}

// Find returns the table [path], or what is above all headers for no path; nil
// when there is none.
func (d *Document) Find(path ...string) *Table {
	for i := range d.Tables {
		if t := &d.Tables[i]; !t.Array && slices.Equal(t.Path, path) {
			return t
		}
	}
	return nil
}

// Find returns the key of that path; nil when there is none.
func (t *Table) Find(path ...string) *Key {
	for i := range t.Keys {
		if slices.Equal(t.Keys[i].Path, path) {
			return &t.Keys[i]
		}
	}
	return nil
}

// walker goes over the expressions of a text.
type walker struct {
	Document
	parser unstable.Parser
	last   int // where the expression before ends
}

func (w *walker) table() *Table { return &w.Tables[len(w.Tables)-1] }

func (w *walker) header(n *unstable.Node) {
	path, name, end := keyOf(n)
	t := Table{Path: path, Array: n.Kind == unstable.ArrayTable, Name: name, Header: len(w.Text)}
	if i := bytes.IndexByte(w.Text[end:], '\n'); i >= 0 {
		t.Header = end + i
	}
	t.Start = w.above(bytes.LastIndexByte(w.Text[:t.Name], '\n') + 1)
	w.table().End = t.Start
	w.Tables = append(w.Tables, t)
	w.last = end
}

// keyOf returns the path that a key or a header writes, and where that is.
func keyOf(n *unstable.Node) (path []string, at, end int) {
	at = -1
	for it := n.Key(); it.Next(); {
		part := it.Node()
		if at < 0 {
			at = int(part.Raw.Offset)
		}
		path = append(path, string(part.Data))
		end = int(part.Raw.Offset + part.Raw.Length)
	}
	return path, at, end
}

// above returns where the comment lines that stand right above a line begin.
func (w *walker) above(line int) int {
	for line > 0 {
		prev := bytes.LastIndexByte(w.Text[:line-1], '\n') + 1
		text := bytes.TrimLeft(w.Text[prev:line], " \t")
		if prev < w.last || len(text) == 0 || text[0] != '#' {
			return line
		}
		line = prev
	}
	return line
}

// keyValue notes where a key below path stands, and those in its value.
func (w *walker) keyValue(n *unstable.Node, path []string) {
	below, at, _ := keyOf(n)
	k := Key{Path: slices.Concat(path, below), At: at}
	v := n.Value()
	if v.Kind != unstable.Array && v.Kind != unstable.InlineTable {
		k.Value, k.End = int(v.Raw.Offset), int(v.Raw.Offset+v.Raw.Length)
	}
	w.table().Keys = append(w.table().Keys, k)
	if v.Kind == unstable.InlineTable {
		for it := v.Children(); it.Next(); {
			w.keyValue(it.Node(), k.Path)
		}
	}
}
