package body

import "strings"

// Code is a stretch of a view that is written in a language. The view shows it
// plainly: a screen may colour it.
type Code struct {
	// Language is a name for it that highlighters know, in lower case: yaml.
	Language string
	// From and To are its rows with nothing folded, [From, To).
	From, To int
}

// languages are those that media types name; a type that begins with + is a
// structured syntax suffix. XML and HTML are recognised by what they look like,
// too, and JSON is laid out in kinds of its own.
var languages = [...]struct{ name, types string }{
	{"javascript", "text/javascript application/javascript application/x-javascript application/ecmascript text/ecmascript"},
	{"typescript", "application/typescript text/typescript"},
	{"css", "text/css"},
	{"yaml", "application/yaml text/yaml application/x-yaml text/x-yaml +yaml"},
	{"graphql", "application/graphql"},
	{"toml", "application/toml"},
	{"ini", "text/x-ini text/x-java-properties"},
	{"sql", "application/sql"},
	{"diff", "text/x-diff text/x-patch"},
	{"python", "text/x-python application/x-python-code"},
	{"bash", "application/x-sh text/x-shellscript"},
}

// languageOf is the language that the media type names; empty for plain text.
func languageOf(c *Content) string {
	for _, l := range languages {
		if c.is(strings.Fields(l.types)...) {
			return l.name
		}
	}
	return ""
}

// sourceLanguage is the language of the content as it came.
func sourceLanguage(c *Content) string {
	name := languageOf(c)
	switch {
	case !c.printable():
		return ""
	case name != "":
		return name
	case fitsHTML(c) > unfit:
		return "html"
	case fitsXML(c) > unfit:
		return "xml"
	}
	return ""
}

// in says that all of the view is in a language.
func (v *View) in(language string) *View {
	if language != "" {
		v.Code = []Code{{language, 0, v.Doc.Len()}}
	}
	return v
}

// Row lays out a row with nothing folded. Where nothing can be folded it is the
// line of that number.
func (v *View) Row(row int) Line {
	if v.Folds != nil {
		return v.Folds.doc.Line(row)
	}
	return v.Doc.Line(row)
}

// RowOf returns the row that line i shows or begins with.
func (v *View) RowOf(i int) int {
	if v.Folds != nil {
		return v.Folds.RowOf(i)
	}
	return i
}
