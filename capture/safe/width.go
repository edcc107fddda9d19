package safe

import (
	"os"
	"strconv"
	"unicode"

	"github.com/clipperhouse/displaywidth"
	"github.com/clipperhouse/uax29/v2/graphemes"
	"github.com/mattn/go-runewidth"
)

// The widths of clusters and of characters, as the renderer of the screen counts
// them (a test compares): both heed the same variable for East Asian terminals.
var (
	eastAsian, _ = strconv.ParseBool(os.Getenv("RUNEWIDTH_EASTASIAN"))
	clusterWidth = displaywidth.Options{EastAsianWidth: eastAsian}
	runeWidth    = runewidth.Condition{EastAsianWidth: eastAsian, StrictEmojiNeutral: true}
)

// firstCluster returns what a reader takes for the first character of s, and how
// many cells it takes.
func firstCluster(s string) (string, int) {
	cluster := graphemes.FromString(s).First()
	return cluster, clusterWidth.String(cluster)
}

// charWidth is how many cells r takes on a terminal that knows no clusters.
// Marks and format characters take none; runewidth counts some of them.
func charWidth(r rune) int {
	switch {
	case r < 0x20 || r >= 0x7f && r < 0xa0:
		return 0
	case r < 0x7f:
		return 1
	case (r == 0xad || !neverJoins(r)) && unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	return runeWidth.RuneWidth(r)
}

// charsWidth is the width of s counted character by character.
func charsWidth(s string) int {
	w := 0
	for _, r := range s {
		w += charWidth(r)
	}
	return w
}
