package layout

import "testing"

func TestEveryCellIsCoveredOnce(t *testing.T) {
	for w := range 200 {
		for h := range 60 {
			for _, in := range []bool{false, true} {
				l := Compute(w, h, 0, in)
				area := 0
				for _, r := range []Rect{l.Header, l.Rule, l.List, l.Split, l.Detail, l.Footer} {
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
		{120, 40, false, Wide, 37},
		{120, 40, true, Single, 0},
		{110, 10, false, Wide, 7},
		{109, 24, false, Stacked, 7},
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
		l := Compute(tt.w, tt.h, 0, tt.in)
		if l.Mode != tt.want || l.List.H != tt.list {
			t.Errorf("%dx%d in detail %v: mode %d with %d list rows, want %d with %d", tt.w, tt.h, tt.in, l.Mode, l.List.H, tt.want, tt.list)
		}
	}
}

func TestExtraRowsAreLeftFree(t *testing.T) {
	for _, size := range [][2]int{{120, 40}, {80, 24}, {40, 12}} {
		plain, l := Compute(size[0], size[1], 0, false), Compute(size[0], size[1], 1, false)
		if l.Mode != plain.Mode || l.List.Y != plain.List.Y+1 || l.Footer != plain.Footer {
			t.Errorf("%v: %+v with a row left free, %+v without", size, l, plain)
		}
	}
}
