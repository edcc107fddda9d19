package body

import (
	"context"
	"strings"
)

// languages are the media types whose text has a language that a highlighter
// knows. Text that is none of them is plain.
var languages = []struct{ language, types string }{
	{"javascript", "text/javascript application/javascript application/x-javascript application/ecmascript text/ecmascript"},
	{"css", "text/css"},
	{"yaml", "application/yaml text/yaml application/x-yaml text/x-yaml application/openapi+yaml +yaml"},
	{"graphql", "application/graphql"},
	{"toml", "application/toml"},
	{"markdown", "text/markdown text/x-markdown"},
	{"sql", "application/sql"},
	{"http", "message/http"},
	{"ini", "text/x-ini"},
}

func languageOf(c *Content) string {
	for _, l := range languages {
		if c.is(strings.Fields(l.types)...) {
			return l.language
		}
	}
	return ""
}

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

// openText shows text line by line, in its language.
func openText(ctx context.Context, c *Content) (*View, error) {
	v, err := openRaw(ctx, c)
	if err == nil {
		v.Language = languageOf(c)
	}
	return v, err
}
