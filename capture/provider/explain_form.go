package provider

import (
	"encoding/json"
	"net/url"
	"strings"

	"creel/capture/jsontok"
)

// jsonAsForm is the form whose fields something on the way wrote as a JSON object.
func jsonAsForm(body []byte) ([]byte, bool) {
	if !jsontok.Valid(body) {
		return nil, false
	}
	var pairs []string
	for c := range jsontok.Children(body) {
		if c.Name.Kind != jsontok.Name || body[c.Off] == '{' || body[c.Off] == '[' {
			return nil, false
		}
		value := string(body[c.Off:c.End])
		switch value[0] {
		case '"':
			value = jsontok.Unquote(body[c.Off:c.End])
		case 'n':
			value = ""
		}
		pairs = append(pairs, url.QueryEscape(jsontok.Unquote(body[c.Name.Off:c.Name.End]))+"="+url.QueryEscape(value))
	}
	return []byte(strings.Join(pairs, "&")), pairs != nil
}

// formAsJSON are the objects that something on the way may have written as the form:
// with all its values as text, and with numbers and words of JSON as what they are.
func formAsJSON(form []byte) (objects [][]byte) {
	if strings.ContainsAny(string(form), " \t\r\n{}\"") {
		return nil
	}
	var names, texts []string
	for pair := range strings.SplitSeq(string(form), "&") {
		name, value, ok := strings.Cut(pair, "=")
		n, err := url.QueryUnescape(name)
		v, err2 := url.QueryUnescape(value)
		if !ok || n == "" || err != nil || err2 != nil {
			return nil
		}
		names, texts = append(names, n), append(texts, v)
	}
	for _, typed := range []bool{false, true} {
		out := []byte{'{'}
		for i, name := range names {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(appendQuoted(out, name), ':')
			if typed && json.Valid([]byte(texts[i])) {
				out = append(out, texts[i]...)
			} else {
				out = appendQuoted(out, texts[i])
			}
		}
		objects = append(objects, append(out, '}'))
	}
	return objects
}

// appendQuoted writes a text as the first of the escapings does.
func appendQuoted(out []byte, text string) []byte {
	quoted, _ := json.Marshal(text) // a text can always be written
	return escapings[0].quote(out, quoted)
}
