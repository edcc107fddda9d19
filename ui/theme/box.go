package theme

import (
	"strings"

	"creel/capture/safe"
)

// BoxFrame is what Box adds: cells at both sides together, and lines.
const (
	BoxFrameWidth  = 4
	BoxFrameHeight = 2
)

// Box frames drawn lines, w cells wide in all, with the title in the upper edge.
func (t *Theme) Box(title safe.Text, lines []string, w int) string {
	inner := max(0, w-BoxFrameWidth)
	var b strings.Builder
	top := t.NewRow(max(0, w-1), Style{}).Lit(t.Rule, t.TL).Lit(t.Rule, t.H)
	if title.Width() > 0 {
		top.Gap(1).Text(t.Title, title).Gap(1)
	}
	b.WriteString(top.b.String())
	b.WriteString(t.Line(top.Room()))
	b.WriteString(t.Rule.Lit(t.TR))
	for _, line := range lines {
		b.WriteByte('\n')
		b.WriteString(t.Rule.Lit(t.V) + " ")
		b.WriteString(t.Fit(line, inner))
		b.WriteString(" " + t.Rule.Lit(t.V))
	}
	b.WriteByte('\n')
	b.WriteString(t.Rule.Lit(t.BL) + t.Line(w-2) + t.Rule.Lit(t.BR))
	return b.String()
}
