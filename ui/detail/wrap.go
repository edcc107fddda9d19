package detail

import (
	"strings"

	"creel/capture/safe"
)

func (v *viewport) height(p *page, i int) int {
	if !v.wrap || v.w <= 0 {
		return 1
	}
	r := p.row(i)
	return len(v.pieces(p, &r))
}

// pieces are the widths in which a row is wrapped; lines after the first are indented by hang.
func (v *viewport) pieces(p *page, r *row) []int {
	room, cells := v.room(p), width(r.spans)
	if cells <= room {
		return []int{room}
	}
	text := r.text()
	if r.prose {
		return proseWidths(text, room, v.hang(p, r))
	}
	first, _ := text.Head(room)
	widths := []int{first.Width()}
	for _, piece := range text.Slice(first.Width(), cells).Wrap(room - v.hang(p, r)) {
		widths = append(widths, piece.Width())
	}
	return widths
}

// proseWidths are the widths of a sentence's lines, after a label of hang cells, broken at spaces.
func proseWidths(text safe.Text, room, hang int) []int {
	var widths []int
	for label := hang; ; label = 0 {
		piece, rest := text.Head(max(room, 2))
		if i := strings.LastIndexByte(piece.String(), ' ') + 1; !rest.Empty() && i > label {
			piece, rest = text.Head(safe.Line(piece.String()[:i]).Width())
		}
		widths = append(widths, piece.Width())
		if rest.Empty() {
			return widths
		}
		if len(widths) == 1 {
			room -= hang
		}
		text = rest
	}
}

// hang is how far the lines of a wrapped row after its first are indented.
func (v *viewport) hang(p *page, r *row) int {
	hang := 2*r.depth + 2
	if r.hang > 0 {
		hang = r.hang
	} else if p.bare {
		hang = 0
	}
	return min(hang, v.room(p)/3)
}

// gutter is how many cells stand left of the text.
func (v *viewport) gutter(p *page) int {
	if n := p.numbered(); n > 0 && v.w > 3*n {
		return v.pad + n + 1
	}
	return 1
}

// room is how many cells the text has.
func (v *viewport) room(p *page) int { return max(2, v.w-v.gutter(p)) }
