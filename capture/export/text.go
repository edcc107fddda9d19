package export

import "unicode"

// acts reports whether r acts on a terminal or misleads the eye of a reader:
// controls, bidirectional and other format characters, line separators, and
// what is not drawn or looks like a space and is none.
func acts(r rune) bool {
	switch {
	case r < 0x20 || r == 0x7f:
		return true
	case r < 0x80 || r == '\u3000':
		return false
	case !unicode.IsPrint(r), r == '\u2800':
		return true
	}
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}
