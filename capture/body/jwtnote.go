package body

import (
	"bytes"

	"creel/capture/jsontok"
	"creel/capture/lazy"
	"creel/capture/safe"
)

// Limits of the tokens that are looked for in other content.
const (
	maxTokenSearch = 1 << 20 // bytes of the content
	maxTokens      = 3
	maxClaims      = 400 // bytes that are shown of a token
)

var tokenShape = lazy.Regexp(`eyJ[\w-]{5,}\.eyJ[\w-]+\.[\w-]*`)

// mayHoldTokens is a cheap look: most texts have no claims after a dot.
func (c *Content) mayHoldTokens() bool {
	return bytes.Contains(c.Text[:min(len(c.Text), maxTokenSearch)], []byte(".eyJ"))
}

// noteTokens notes what the JSON Web Tokens in a text say, and where in JSON they
// are. A content that is one token is laid out as such.
func (v *View) noteTokens(c *Content) {
	if v.Format == "jwt" || !c.mayHoldTokens() {
		return
	}
	text := c.Text[:min(len(c.Text), maxTokenSearch)]
	for _, at := range tokenShape().FindAllIndex(text, maxTokens) {
		head, claims, ok := cutToken(text[at[0]:at[1]])
		if !ok || !jsontok.Valid(head) || !jsontok.Valid(claims) {
			continue
		}
		where := "JWT in it"
		if d, isJSON := v.Doc.(*jsonDoc); isJSON {
			n, _ := d.node(d.rowOf(at[0]))
			where = "JWT in " + n.Path
		}
		content := safe.Concat(safe.Line(head), safe.Const(" "), safe.Line(claims)).Cut(maxClaims)
		v.Notes = append(v.Notes, safe.Concat(safe.Line(where+": "), content, safe.Const("  signature not checked here")))
	}
}
