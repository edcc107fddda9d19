package export

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"creel/capture"
	"creel/capture/jsontok"
)

// part is one part of a multipart form (RFC 7578).
type part struct {
	name        string
	file        *string
	contentType string
	value       string
	escape      *strings.Replacer // of names; nil is as browsers do it
}

// formBoundary separates the parts of a form whose boundary is not known.
const formBoundary = "------------------------creel0imported0form"

// browserEscape is how browsers write a name in a quoted parameter.
var browserEscape = strings.NewReplacer("\r", "%0D", "\n", "%0A", `"`, "%22")

func multipartBody(boundary string, parts []part) ([]byte, error) {
	var b bytes.Buffer
	for _, p := range parts {
		if strings.ContainsAny(p.contentType, "\r\n") {
			return nil, fmt.Errorf("the content type of the part %q has a line break", p.name)
		}
		escape := p.escape
		if escape == nil {
			escape = browserEscape
		}
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=\"%s\"", boundary, escape.Replace(p.name))
		if p.file != nil {
			fmt.Fprintf(&b, "; filename=\"%s\"", escape.Replace(*p.file))
		}
		if p.contentType != "" {
			fmt.Fprintf(&b, "\r\nContent-Type: %s", p.contentType)
		}
		fmt.Fprintf(&b, "\r\n\r\n%s\r\n", p.value)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return b.Bytes(), nil
}

// formBody is a form of type application/x-www-form-urlencoded, which has no place for
// the type or the file name of a part.
func formBody(parts []part) string {
	var pairs []string
	for _, p := range parts {
		pairs = append(pairs, formEscape(p.name)+"="+formEscape(p.value))
	}
	return strings.Join(pairs, "&")
}

// boundaryOf returns the boundary of a multipart content type, empty if there is
// none.
func boundaryOf(contentType string) string {
	for param := range strings.SplitSeq(contentType, ";") {
		if name, value, ok := strings.Cut(strings.TrimSpace(param), "="); ok && strings.EqualFold(name, "boundary") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// formEscape escapes a name or a value of a form (application/x-www-form-urlencoded).
func formEscape(s string) string { return url.QueryEscape(s) }

// orderedFields are header fields from an object, in its order. A value may be
// a list, for fields of one name.
type orderedFields []capture.Field

// UnmarshalJSON implements [json.Unmarshaler].
func (f *orderedFields) UnmarshalJSON(data []byte) error {
	switch data[0] {
	case 'n':
		return nil
	case '{':
	default:
		return wordsError("headers: an object is expected, not " + kindOf(data))
	}
	for c := range jsontok.Children(data) {
		name := jsontok.Unquote(data[c.Name.Off:c.Name.End])
		values, err := oneOrMore[looseText](data[c.Off:c.End])
		if err != nil {
			return wordsError(fmt.Sprintf("headers: %s: %s", name, err))
		}
		for _, v := range values {
			*f = append(*f, capture.Field{Name: name, Value: string(v)})
		}
	}
	return nil
}

// oneOrMore reads a list, or a value that stands for a list of it alone.
func oneOrMore[T any](data []byte) (list []T, err error) {
	if data[0] == '[' {
		err = json.Unmarshal(data, &list)
		return list, err
	}
	list = make([]T, 1)
	err = json.Unmarshal(data, &list[0])
	return list, err
}
