package export

import (
	"cmp"
	"encoding/json"
	"strings"
)

// postmanURL is a URL of a collection, which may stand there whole, in parts, or
// both.
type postmanURL struct {
	Raw      looseText      `json:"raw"`
	Protocol looseText      `json:"protocol"`
	Host     postmanPath    `json:"host"`
	Port     looseText      `json:"port"`
	Path     postmanPath    `json:"path"`
	Query    []postmanParam `json:"query"`
	Variable []postmanPair  `json:"variable"` // of the path: /users/:id
}

// postmanParam is a parameter of a query; one without a value has no equals sign.
type postmanParam struct {
	Key      looseText  `json:"key"`
	Value    *looseText `json:"value"`
	Disabled bool       `json:"disabled"`
}

// text is the URL with the variables of its path put in.
func (u *postmanURL) text() looseText {
	url := cmp.Or(string(u.Raw), u.joined())
	path, query, hasQuery := strings.Cut(url, "?")
	segments := strings.Split(path, "/")
	for i, s := range segments {
		for _, v := range u.Variable {
			if s == ":"+string(v.Key) && v.Value != "" {
				segments[i] = string(v.Value)
			}
		}
	}
	if path = strings.Join(segments, "/"); hasQuery {
		path += "?" + query
	}
	return looseText(path)
}

// joined puts the URL together from its parts; it is empty without a host.
func (u *postmanURL) joined() string {
	if len(u.Host) == 0 {
		return ""
	}
	url := strings.Join(u.Host, ".")
	if u.Protocol != "" {
		url = string(u.Protocol) + "://" + url
	}
	if u.Port != "" {
		url += ":" + string(u.Port)
	}
	for _, s := range u.Path {
		url += "/" + strings.TrimPrefix(s, "/")
	}
	mark := "?"
	for _, q := range u.Query {
		if q.Disabled {
			continue
		}
		url += mark + string(q.Key)
		if mark = "&"; q.Value != nil {
			url += "=" + string(*q.Value)
		}
	}
	return url
}

// postmanPath is a text, or a list of its parts, each a text or an object with one.
type postmanPath []string

// postmanSegment is a part of a path.
type postmanSegment string

// UnmarshalJSON implements [json.Unmarshaler].
func (s *postmanSegment) UnmarshalJSON(data []byte) error {
	var object struct {
		Value looseText `json:"value"`
	}
	into := any(&object.Value)
	if data[0] == '{' {
		into = &object
	}
	err := json.Unmarshal(data, into)
	*s = postmanSegment(object.Value)
	return err
}

// UnmarshalJSON implements [json.Unmarshaler].
func (p *postmanPath) UnmarshalJSON(data []byte) error {
	*p = nil
	list, err := oneOrMore[postmanSegment](data)
	for _, s := range list {
		if s != "" {
			*p = append(*p, string(s))
		}
	}
	return err
}
