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
