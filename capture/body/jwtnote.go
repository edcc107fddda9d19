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

// noteTokens notes what the JSON Web Tokens in a text say, and where in JSON they
// are. A content that is one token is laid out as such.
func (v *View) noteTokens(c *Content) {
	text := c.Text[:min(len(c.Text), maxTokenSearch)]
	if v.Format == "jwt" || !bytes.Contains(text, []byte("eyJ")) {
		return
	}
	for _, at := range tokenShape().FindAllIndex(text, maxTokens) {
		head, claims, ok := cutToken(text[at[0]:at[1]])
		if !ok || !jsontok.Valid(head) || !jsontok.Valid(claims) {
			continue
		}
		where := "JWT in it"
		if d, isJSON := v.Doc.(*jsonDoc); isJSON {
			where = "JWT in " + d.node(d.rowOf(at[0])).Path
		}
		content := safe.Concat(safe.Line(head), safe.Const(" "), safe.Line(claims)).Cut(maxClaims)
		v.Notes = append(v.Notes, safe.Concat(safe.Line(where+": "), content, safe.Const("  signature not checked here")))
	}
}
