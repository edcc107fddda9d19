package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"creel/capture"
)

// postmanLanguages are the content types that Postman gives a raw body.
var postmanLanguages = map[looseText]string{
	"json": "application/json", "xml": "application/xml", "html": "text/html", "javascript": "application/javascript", "text": "text/plain",
}

func (p *postman) body(r *capture.Request, b *postmanBody) (err error) {
	contentType, text := "", ""
	switch b.Mode {
	case "", "none":
		return nil
	case "raw":
		text, err = p.fill(b.Raw)
		contentType = postmanLanguages[b.Options.Raw.Language]
	case "urlencoded":
		contentType = "application/x-www-form-urlencoded"
		if text, err = p.fill(b.URLEncoded.text); err == nil && text == "" {
			var parts []part
			parts, err = p.parts(b.URLEncoded.pairs)
			text = formBody(parts)
		}
	case "formdata":
		contentType, text, err = p.multipart(b.FormData)
	case "graphql":
		contentType = "application/json"
		text, err = p.graphQL(b)
	default:
		return fmt.Errorf("%q is not read: its content is not in the collection", string(b.Mode))
	}
	if err != nil {
		return err
	}
	if _, ok := r.Get("Content-Type"); contentType != "" && (!ok || b.Mode == "formdata") {
		r.Fields = capture.SetField(r.Fields, "Content-Type", contentType)
	}
	r.Body = capture.NewBody([]byte(text))
	return nil
}

// parts are the pairs that are on, with their variables put in.
func (p *postman) parts(pairs []postmanPair) (parts []part, err error) {
	for _, x := range pairs {
		if x.Disabled {
			continue
		}
		if x.Type == "file" {
			return nil, fmt.Errorf("the content of the file for %q is not in the collection", string(x.Key))
		}
		name, err := p.fill(x.Key)
		if err != nil {
			return nil, err
		}
		value, err := p.fill(x.Value)
		if err != nil {
			return nil, err
		}
		parts = append(parts, part{name: name, value: value, contentType: string(x.ContentType)})
	}
	return parts, nil
}

// postmanForm are the fields of a form, or its text in old collections.
type postmanForm struct {
	pairs []postmanPair
	text  looseText
}

// UnmarshalJSON implements [json.Unmarshaler].
func (f *postmanForm) UnmarshalJSON(data []byte) error {
	if data[0] == '"' {
		return json.Unmarshal(data, &f.text)
	}
	return json.Unmarshal(data, &f.pairs)
}

func (p *postman) multipart(pairs []postmanPair) (contentType, text string, err error) {
	parts, err := p.parts(pairs)
	if err != nil {
		return "", "", err
	}
	body, err := multipartBody(formBoundary, parts)
	return "multipart/form-data; boundary=" + formBoundary, string(body), err
}

func (p *postman) graphQL(b *postmanBody) (string, error) {
	if b.GraphQL == nil {
		return "", errors.New("graphql is missing")
	}
	query, err := p.fill(b.GraphQL.Query)
	if err != nil {
		return "", err
	}
	variables, err := p.fill(b.GraphQL.Variables)
	if err != nil {
		return "", err
	}
	if variables = strings.TrimSpace(variables); variables == "" {
		variables = "{}"
	}
	if !json.Valid([]byte(variables)) {
		return "", errors.New("graphql.variables is not JSON")
	}
	return `{"query":` + string(appendString(nil, query)) + `,"variables":` + variables + `}`, nil
}
