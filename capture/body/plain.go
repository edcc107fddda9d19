package body

import "strings"

func fitsText(c *Content) int {
	switch {
	case languageOf(c) != "" && c.printable():
		return declared
	case c.printable(), strings.HasPrefix(c.Media, "text/"):
		return likely
	}
	return unfit
}
