package body

import "strings"

func fitsText(c *Content) int {
	switch {
	case len(c.Text) == 0:
		return likely
	case languageOf(c) != "" && c.printable():
		return declared
	case c.printable():
		return likely
	case strings.HasPrefix(c.Media, "text/"):
		return likely
	}
	return unfit
}
