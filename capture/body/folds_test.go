package body

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// large are bodies whose lines are found by an index.
func large() map[string]string {
	var js, lines, xml strings.Builder
	js.WriteString(`{"list":[`)
	for i := range 3000 {
		if i > 0 {
			js.WriteString(",\n")
		}
		fmt.Fprintf(&js, `{"n":%d,"in":{"a":[%d,{}],"s":%q}}`, i, i, strings.Repeat("x", i%50*200))
		fmt.Fprintf(&lines, "line %d %s\n", i, strings.Repeat("y", i%50*200))
		fmt.Fprintf(&xml, "<a><b n='%d'>t</b></a>", i)
	}
	js.WriteString(`],"end":true}`)
	return map[string]string{
		"application/json": js.String(), "text/plain": lines.String(), "application/octet-stream": "\x00" + lines.String()[:100_000],
		"application/x-ndjson": strings.Repeat("{\"a\":[1,2]}\n", 3000), "text/xml": "<r>" + xml.String() + "</r>",
	}
}

// A line is the same whatever was looked at before it.
func TestLinesInAnyOrder(t *testing.T) {
	for media, body := range large() {
		random := rand.New(rand.NewPCG(1, 1))
		a, b := openAs(t, media, body, Pretty), openAs(t, media, body, Pretty)
		var all []Line
		off := 0
		for i := range a.Doc.Len() {
			l := a.Doc.Line(i)
			if l.Off < off && media != "text/xml" {
				t.Fatalf("%s: line %d goes back", media, i)
			}
			off = l.Off
			all = append(all, l)
		}
		for range 1000 {
			i := random.IntN(len(all))
			if got := b.Doc.Line(i); got.Num != all[i].Num || got.Off != all[i].Off || got.End != all[i].End || got.Depth != all[i].Depth || got.Text() != all[i].Text() {
				t.Fatalf("%s: line %d is %q, and was %q", media, i, got.Text(), all[i].Text())
			}
		}
	}
}

// What is folded is hidden, and nothing else: the lines, and where each row is shown, are
// those of a list from which the folded rows were taken.
func TestFoldsAreAsTheirModel(t *testing.T) {
	bodies := large()
	for _, tt := range laidOut {
		bodies[tt.media+" "] = tt.body
	}
	bodies["application/json "] = laidOut[2].body
	for media, body := range bodies {
		random := rand.New(rand.NewPCG(2, 2))
		v := openAs(t, strings.TrimSpace(media), body, Pretty)
		f := v.Folds
		if f == nil {
			continue
		}
		total := f.Rows()
		type span struct{ first, last int }
		ends := map[int]span{}
		var folds []span
		hides := func(row int) (span, bool) {
			for _, s := range folds {
				if row > s.first && row <= s.last {
					return s, true
				}
			}
			return span{}, false
		}
		fold := func(s span) {
			folds = slices.DeleteFunc(folds, func(o span) bool { return o.first >= s.first && o.last <= s.last })
			folds = append(folds, s)
		}
		end := func(row int) (span, bool) {
			if s, ok := ends[row]; ok {
				return s, s.last > row
			}
			last, _, ok := f.doc.end(row)
			if !ok {
				last = row
			}
			ends[row] = span{row, last}
			return ends[row], ok
		}
		for step := range 40 {
			line := random.IntN(f.Len())
			row := f.RowOf(line)
			shut := slices.IndexFunc(folds, func(s span) bool { return s.first == row })
			s, opens := end(row)
			did := f.Toggle(line)
			if did != (shut >= 0 || opens) {
				t.Errorf("%s: line %d was folded or opened: %v", media, line, did)
			}
			switch {
			case shut >= 0:
				folds = slices.Delete(folds, shut, shut+1)
			case opens:
				fold(s)
			}
			if step%4 == 3 {
				hidden := random.IntN(total)
				for s, ok := hides(hidden); ok; s, ok = hides(hidden) {
					folds = slices.DeleteFunc(folds, func(o span) bool { return o == s })
				}
				if at := f.Reveal(hidden); f.RowOf(at) != hidden {
					t.Errorf("%s: row %d is not shown", media, hidden)
				}
			}
			shown, lineOf := 0, 0
			for row := range total {
				if _, hidden := hides(row); !hidden {
					lineOf = shown
					if total < 200 || row%97 == 0 {
						if got := f.RowOf(shown); got != row {
							t.Fatalf("%s, step %d: line %d shows row %d, want %d", media, step, shown, got, row)
						}
					}
					shown++
				}
				if total < 200 || row%89 == 0 {
					if got := f.LineOf(row); got != lineOf {
						t.Fatalf("%s, step %d: row %d is in line %d, want %d", media, step, row, got, lineOf)
					}
				}
			}
			if f.Len() != shown || f.AnyShut() != (len(folds) > 0) {
				t.Fatalf("%s, step %d: %d lines, want %d", media, step, f.Len(), shown)
			}
		}
	}
}

// Folding a line folds what it opens, else what is around it; each row's container is the
// innermost that is not yet at its end.
func TestFoldAround(t *testing.T) {
	for media, body := range large() {
		v := openAs(t, media, body, Pretty)
		f := v.Folds
		if f == nil {
			continue
		}
		var open []int
		for row := range min(f.Rows(), 4000) {
			for len(open) > 0 {
				if last, _, _ := f.doc.end(open[len(open)-1]); last >= row {
					break
				}
				open = open[:len(open)-1]
			}
			if row%7 == 0 {
				got, ok := f.doc.parent(row)
				if ok != (len(open) > 0) || ok && got != open[len(open)-1] {
					t.Fatalf("%s: around row %d is %d, %v, want %v", media, row, got, ok, open)
				}
			}
			around := open
			if _, _, ok := f.doc.end(row); ok {
				open = append(open, row)
			}
			if row%7 != 0 {
				continue
			}
			f.OpenAll()
			for n, outer := range [][]int{open, around[:max(0, len(around)-1)]} {
				if n == 1 && len(open) > len(around) {
					outer = around // what it opens is folded already
				}
				want := row
				if len(outer) > 0 {
					want = outer[len(outer)-1]
				}
				if at, ok := f.Fold(f.LineOf(row)); ok != (len(outer) > 0) || ok && (at != want || f.LineOf(row) != want) {
					t.Fatalf("%s: row %d is folded %d times into line %d, %v, want %d", media, row, n+1, at, ok, want)
				}
			}
		}
	}
}
