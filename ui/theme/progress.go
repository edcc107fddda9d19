package theme

import (
	"strings"

	"charm.land/bubbles/v2/progress"
)

// Progress is a bar of w cells; a share that is not nothing fills one cell at least.
func (t *Theme) Progress(w, part, whole int, s Style) string {
	if w <= 0 {
		return ""
	}
	share := 0.0
	if whole > 0 && part > 0 {
		share = max(1/float64(w), float64(part)/float64(whole))
	}
	bar := progress.New(progress.WithWidth(w), progress.WithoutPercentage(), progress.WithFillCharacters(t.Full, t.Empty))
	bar.FullColor, bar.EmptyColor = nil, nil // styles are ours, so that there can be none
	drawn := bar.ViewAs(share)
	full := strings.TrimRight(drawn, string(t.Empty))
	return s.wrap(full) + t.Rule.wrap(drawn[len(full):])
}
