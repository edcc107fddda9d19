package layout

import "testing"

func TestEveryCellIsCoveredOnce(t *testing.T) {
	for w := range 200 {
		for h := range 60 {
			for _, in := range []bool{false, true} {
				l := Compute(w, h, Options{Alone: in, Answered: w%2 == 0, Shift: Shift{Columns: w%31 - 15, Rows: h%13 - 6}})
				area := 0
				for _, r := range []Rect{l.Header, l.Rule, l.List, l.Split, l.Detail, l.Response, l.Footer} {
					if r.Empty() {
						continue
					}
					area += r.W * r.H
					if r.X < 0 || r.Y < 0 || r.X+r.W > w || r.Y+r.H > h {
						t.Fatalf("%dx%d: %+v is off the screen", w, h, r)
					}
				}
				want := w * h
				if l.Mode == Tiny {
					want = w * min(h, 1)
				}
				if area != want {
					t.Fatalf("%dx%d (in detail %v, mode %d): %d cells covered of %d", w, h, in, l.Mode, area, want)
				}
			}
		}
	}
}

func TestModes(t *testing.T) {
	tests := []struct {
		w, h int
		in   bool
		want Mode
		list int // rows of the list
	}{
		{160, 45, false, Wide, 42},
		{140, 40, false, Wide, 37},
		{139, 40, false, Stacked, 12},
		{120, 40, true, Single, 0},
		{140, 10, false, Wide, 7},
		{120, 24, false, Stacked, 7},
		{80, 24, false, Stacked, 7},
		{80, 20, false, Stacked, 6},
		{80, 19, false, Single, 16},
		{40, 12, true, Single, 0},
		{20, 5, false, Single, 3},
		{19, 5, false, Tiny, 0},
		{20, 4, false, Tiny, 0},
		{0, 0, false, Tiny, 0},
	}
	for _, tt := range tests {
		l := Compute(tt.w, tt.h, Options{Alone: tt.in})
		if l.Mode != tt.want || l.List.H != tt.list {
			t.Errorf("%dx%d in detail %v: mode %d with %d list rows, want %d with %d", tt.w, tt.h, tt.in, l.Mode, l.List.H, tt.want, tt.list)
		}
	}
}

// A line stands below the header where there are eight rows at least.
func TestRuleBelowTheHeader(t *testing.T) {
	for h, want := range map[int]Rect{5: {}, 7: {}, 8: {0, 1, 80, 1}, 24: {0, 1, 80, 1}} {
		if l := Compute(80, h, Options{}); l.Rule != want || l.List.Y != 1+want.H || l.Header != (Rect{0, 0, 80, 1}) || l.Footer != (Rect{0, h - 1, 80, 1}) {
			t.Errorf("%d rows: %+v", h, l)
		}
	}
}

func TestExtraRowsAreLeftFree(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
		plain, l := Compute(size[0], size[1], Options{}), Compute(size[0], size[1], Options{Extra: 1})
		if l.Mode != plain.Mode || l.List.Y != plain.List.Y+1 || l.Footer != plain.Footer {
			t.Errorf("%v: %+v with a row left free, %+v without", size, l, plain)
		}
	}
}

// A wider terminal gives neither list nor detail fewer columns than the common one
// of 80, and a higher one no fewer rows.
func TestMoreRoomIsNeverLess(t *testing.T) {
	for h := 20; h < 60; h++ {
		for w := 80; w < 240; w++ {
			l := Compute(w, h, Options{})
			if l.List.W < 80 {
				t.Errorf("%dx%d: a list of %d columns", w, h, l.List.W)
			}
			if more := Compute(w, h+1, Options{}); more.List.H < l.List.H || more.Detail.H+more.Response.H < l.Detail.H+l.Response.H {
				t.Errorf("%dx%d: %+v, a row more: %+v", w, h, l, more)
			}
		}
	}
}

// The response has a pane of its own where the detail keeps enough rows; when the
// list is above, only while it has something to say.
func TestResponse(t *testing.T) {
	for _, tt := range []struct {
		w, h     int
		answered bool
		rows     int
	}{
		{80, 24, true, 5},
		{80, 24, false, 0},
		{80, 20, true, 0},
		{80, 21, true, 5},
		{120, 40, true, 8},
		{120, 40, false, 0},
		{160, 45, false, 14},
		{140, 15, true, 5},
		{140, 14, true, 0},
	} {
		l := Compute(tt.w, tt.h, Options{Answered: tt.answered})
		if l.Response.H != tt.rows || tt.rows > 0 && l.Detail.H < splitRows-responseRows {
			t.Errorf("%dx%d: %+v, want %d rows", tt.w, tt.h, l, tt.rows)
		}
	}
	if l := Compute(160, 45, Options{Alone: true, Answered: true}); !l.Response.Empty() {
		t.Error("a zoomed detail has all the room")
	}
}

// Each cell lies in one part, and none beside the screen does.
func TestEveryCellIsInOnePart(t *testing.T) {
	for _, size := range [][2]int{{0, 0}, {19, 5}, {20, 5}, {40, 7}, {40, 8}, {80, 19}, {80, 24}, {140, 15}, {160, 45}} {
		for _, o := range []Options{{}, {Alone: true}, {Answered: true}, {Shift: Shift{Columns: 3, Rows: -2}}} {
			w, h := size[0], size[1]
			l := Compute(w, h, o)
			rows := h
			if l.Mode == Tiny {
				rows = min(h, 1)
			}
			for y := -1; y <= h; y++ {
				for x := -1; x <= w; x++ {
					in := 0
					for _, r := range []Rect{l.Header, l.Rule, l.List, l.Split, l.Detail, l.Response, l.Footer} {
						if r.Has(x, y) {
							in++
						}
					}
					if inside := x >= 0 && x < w && y >= 0 && y < rows; inside != (in == 1) || in > 1 {
						t.Fatalf("%dx%d %+v: the cell %d,%d is in %d parts of %+v", w, h, o, x, y, in, l)
					}
				}
			}
		}
	}
}

// The line between list and detail is where the user moved it, as far as both keep what
// they need; where it was not moved, the arrangement alone says where it is.
func TestShift(t *testing.T) {
	for _, tt := range []struct{ w, h, by, list int }{
		{160, 45, 0, 83},
		{160, 45, 1, 84},
		{160, 45, -1, 82},
		{160, 45, -43, 40},
		{160, 45, -44, 40},
		{160, 45, 36, 119},
		{160, 45, 37, 119},
		{160, 45, 1000, 119},
		{80, 40, 0, 12},
		{80, 40, 1, 13},
		{80, 40, -1, 11},
		{80, 40, -9, 3},
		{80, 40, -10, 3},
		{80, 40, 19, 31},
		{80, 40, 20, 31},
	} {
		shift := Shift{Columns: tt.by, Rows: 7}
		if tt.w < WideColumns {
			shift = Shift{Columns: 7, Rows: tt.by}
		}
		l := Compute(tt.w, tt.h, Options{Shift: shift})
		got, detail := l.List.W, l.Detail.W
		if l.Mode == Stacked {
			got, detail = l.List.H, l.Detail.H
		}
		if got != tt.list || l.Mode == Wide && (detail < leastColumns || l.Split.X != got) || l.Mode == Stacked && detail < leastDetail {
			t.Errorf("%dx%d moved by %d: %d, want %d; %+v", tt.w, tt.h, tt.by, got, tt.list, l)
		}
	}
}

// Rows that the list does not have go to the detail, and those that the response does
// not need to the request, unless the user moved the line.
func TestNoRowIsEmpty(t *testing.T) {
	for _, tt := range []struct {
		w, h           int
		o              Options
		list, response int
	}{
		{80, 24, Options{Rows: 1}, 3, 0},
		{80, 24, Options{Rows: 5}, 5, 0},
		{80, 24, Options{Rows: 7}, 7, 0},
		{80, 24, Options{Rows: 8}, 7, 0},
		{80, 24, Options{}, 7, 0},
		{80, 24, Options{Rows: 1, Shift: Shift{Rows: 2}}, 9, 0},
		{80, 24, Options{Rows: 9, Shift: Shift{Rows: -2}}, 5, 0},
		{160, 45, Options{Rows: 1, Response: 1}, 42, 5},
		{160, 45, Options{Response: 9}, 42, 9},
		{160, 45, Options{Response: 14}, 42, 14},
		{160, 45, Options{Response: 40}, 42, 14},
		{160, 45, Options{}, 42, 14},
		{80, 40, Options{Rows: 3, Answered: true, Response: 8}, 3, 8},
	} {
		l := Compute(tt.w, tt.h, tt.o)
		if l.List.H != tt.list || l.Response.H != tt.response {
			t.Errorf("%dx%d %+v: a list of %d and a response of %d rows, want %d and %d", tt.w, tt.h, tt.o, l.List.H, l.Response.H, tt.list, tt.response)
		}
	}
}

// The line moves from where it stands, wherever that is.
func TestMoved(t *testing.T) {
	for _, tt := range []struct {
		w, h, by int
		o        Options
		want     int // columns or rows of the list
	}{
		{160, 45, 4, Options{}, 87},
		{160, 45, -4, Options{Shift: Shift{Columns: 4}}, 83},
		{80, 24, 1, Options{Rows: 2}, 4},
		{80, 24, 3, Options{Rows: 2}, 6},
		{80, 24, 4, Options{Rows: 2}, 8}, // 7 is where it stands by itself with more rows
		{80, 24, -1, Options{Rows: 5}, 4},
		{80, 24, 1, Options{Rows: 9}, 8},
		{80, 24, -1, Options{Rows: 9, Shift: Shift{Rows: 1}}, 7},
		{40, 12, 1, Options{}, 9}, // there is no line
	} {
		l := Compute(tt.w, tt.h, tt.o)
		tt.o.Shift = l.Moved(tt.o.Shift, tt.by)
		l = Compute(tt.w, tt.h, tt.o)
		got := l.List.H
		if l.Mode == Wide {
			got = l.List.W
		}
		if got != tt.want {
			t.Errorf("%dx%d moved by %d with %+v: %d, want %d", tt.w, tt.h, tt.by, tt.o, got, tt.want)
		}
	}
}

// A rectangle without width or height has no cells.
func TestEmptyRect(t *testing.T) {
	for _, tt := range []struct {
		r     Rect
		empty bool
		at    bool // has the cell at 2, 3
	}{
		{Rect{X: 2, Y: 3, W: 1, H: 1}, false, true},
		{Rect{X: 2, Y: 3, W: 1}, true, false},
		{Rect{X: 2, Y: 3, H: 1}, true, false},
		{Rect{X: 2, Y: 3, W: -1, H: 1}, true, false},
		{Rect{X: 1, Y: 2, W: 1, H: 2}, false, false},
		{Rect{X: 1, Y: 2, W: 2, H: 1}, false, false},
		{Rect{X: 3, Y: 3, W: 2, H: 2}, false, false},
		{Rect{X: 2, Y: 4, W: 2, H: 2}, false, false},
	} {
		if tt.r.Empty() != tt.empty || tt.r.Has(2, 3) != tt.at {
			t.Errorf("%+v: empty %v, has 2,3 %v", tt.r, tt.r.Empty(), tt.r.Has(2, 3))
		}
	}
}
