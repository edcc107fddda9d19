package body

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"creel/capture/jsontok"
	"creel/capture/safe"
)

// graphqlRequest is a request as GraphQL over HTTP has it.
type graphqlRequest struct {
	Query         *string         `json:"query"`
	OperationName string          `json:"operationName"`
	Variables     json.RawMessage `json:"variables"`
	Extensions    json.RawMessage `json:"extensions"`
}

func fitsGraphQL(c *Content) int {
	switch {
	case c.is("application/graphql"):
		return declared
	case fitsJSON(c) == unfit || len(c.Text) > maxWhole:
		return unfit
	}
	// A cheap look first: the name and the beginning of an operation.
	if !bytes.Contains(c.Text[:min(len(c.Text), peek)], []byte(`"query"`)) {
		return unfit
	}
	r := parseGraphQL(c.Text)
	if r == nil || !beginsOperation(*r.Query) {
		return unfit
	}
	return certain + 1
}

func parseGraphQL(text []byte) *graphqlRequest {
	var r graphqlRequest
	if json.Unmarshal(text, &r) != nil || r.Query == nil {
		return nil
	}
	return &r
}

func beginsOperation(query string) bool {
	q := strings.TrimSpace(query)
	for strings.HasPrefix(q, "#") {
		_, q, _ = strings.Cut(q, "\n")
		q = strings.TrimSpace(q)
	}
	for _, word := range [...]string{"{", "query", "mutation", "subscription", "fragment"} {
		if rest, ok := strings.CutPrefix(q, word); ok && strings.ContainsAny(rest, "{") {
			return true
		}
	}
	return false
}

// openGraphQL shows the operation with its line breaks, and below it the
// operation's name, variables and extensions.
func openGraphQL(ctx context.Context, c *Content) (*View, error) {
	if c.is("application/graphql") {
		return openRaw(ctx, c)
	}
	r := parseGraphQL(c.Text)
	if r == nil {
		return nil, &jsontok.SyntaxError{Msg: "no operation in it"}
	}
	var b builder
	for l := range strings.Lines(*r.Query) {
		b.line(0, len(c.Text), Span{Text, safe.Tabbed(strings.TrimRight(l, "\r\n"), 0)})
	}
	b.code = []Code{{"graphql", 0, len(b.doc.lines)}}
	if r.OperationName != "" {
		b.line(0, 0)
		b.line(0, len(c.Text), Span{Keyword, safe.Const("operationName ")}, Span{Name, safe.Line(r.OperationName)})
	}
	layGraphQLPart(ctx, &b, safe.Const("variables"), r.Variables)
	layGraphQLPart(ctx, &b, safe.Const("extensions"), r.Extensions)
	return b.view(), nil
}

func layGraphQLPart(ctx context.Context, b *builder, name safe.Text, src []byte) {
	if len(src) == 0 || string(src) == "null" {
		return
	}
	v, err := openJSON(ctx, &Content{Text: src})
	if err != nil {
		return
	}
	b.line(0, 0)
	b.open(0, 0, Span{Keyword, name})
	b.embed(v, 0, 0)
	b.close(0, 0)
}
