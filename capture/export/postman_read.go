package export

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"creel/capture"
)

// Postman collections, format 2.0 and 2.1
// (https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html).

type postmanItem struct {
	Name    looseText        `json:"name"`
	Items   []postmanItem    `json:"item"`
	Request *json.RawMessage `json:"request"`
	Auth    *postmanAuth     `json:"auth"`
}

type postmanRequest struct {
	Method looseText       `json:"method"`
	URL    json.RawMessage `json:"url"`
	Header json.RawMessage `json:"header"`
	Body   *postmanBody    `json:"body"`
	Auth   *postmanAuth    `json:"auth"`
}

type postmanPair struct {
	Key      looseText `json:"key"`
	Value    looseText `json:"value"`
	Disabled bool      `json:"disabled"`
	Type     looseText `json:"type"`
	// ContentType is of a part of a form.
	ContentType looseText `json:"contentType"`
}

type postmanBody struct {
	Mode       looseText     `json:"mode"`
	Disabled   bool          `json:"disabled"`
	Raw        looseText     `json:"raw"`
	URLEncoded postmanForm   `json:"urlencoded"`
	FormData   []postmanPair `json:"formdata"`
	GraphQL    *struct {
		Query     looseText `json:"query"`
		Variables looseText `json:"variables"`
	} `json:"graphql"`
	Options struct {
		Raw struct {
			Language looseText `json:"language"`
		} `json:"raw"`
	} `json:"options"`
}

type postmanAuth struct {
	Type   looseText      `json:"type"`
	Bearer postmanAuthKey `json:"bearer"`
	Basic  postmanAuthKey `json:"basic"`
	APIKey postmanAuthKey `json:"apikey"`
	OAuth2 postmanAuthKey `json:"oauth2"`
}

// postmanAuthKey are named values: a list of pairs in 2.1, an object in 2.0.
type postmanAuthKey map[string]string

// UnmarshalJSON implements [json.Unmarshaler].
func (k *postmanAuthKey) UnmarshalJSON(data []byte) error {
	*k = map[string]string{}
	var pairs []postmanPair
	if json.Unmarshal(data, &pairs) == nil {
		for _, p := range pairs {
			(*k)[string(p.Key)] = string(p.Value)
		}
		return nil
	}
	var object map[string]looseText
	if err := json.Unmarshal(data, &object); err != nil {
		return wordsError("auth: it is not names and values")
	}
	for name, v := range object {
		(*k)[name] = string(v)
	}
	return nil
}

// postman reads the requests of a collection, folder by folder.
type postman struct {
	values map[string]string // of the collection's variables
	yield  yieldFunc
}

func readPostman(data json.RawMessage, yield yieldFunc) error {
	var c struct {
		Items    []postmanItem `json:"item"`
		Variable []postmanPair `json:"variable"`
		Auth     *postmanAuth  `json:"auth"`
	}
	if err := decodeJSON(data, &c); err != nil {
		return err
	}
	p := &postman{values: map[string]string{}, yield: yield}
	for _, v := range c.Variable {
		if !v.Disabled {
			p.values[string(v.Key)] = string(v.Value)
		}
	}
	p.items(c.Items, "", c.Auth)
	return nil
}

// readPostmanAnswer reads a collection as Postman's API gives it.
func readPostmanAnswer(data json.RawMessage, yield yieldFunc) error {
	var answer struct {
		Collection json.RawMessage `json:"collection"`
	}
	if err := decodeJSON(data, &answer); err != nil {
		return err
	}
	names, _ := memberNames(answer.Collection)
	if !slices.Contains(names, "item") {
		return errors.New("the collection has no item")
	}
	return readPostman(answer.Collection, yield)
}

// refusePostman1 tells what to do with a collection of format 1.
func refusePostman1(json.RawMessage, yieldFunc) error {
	return errors.New("a Postman collection of format 1 is not read: import it into Postman, and export it as Collection v2.1")
}

// items reports whether reading goes on.
func (p *postman) items(list []postmanItem, folder string, auth *postmanAuth) bool {
	for _, it := range list {
		own, name := auth, folder+string(it.Name)
		if it.Auth != nil {
			own = it.Auth
		}
		if !p.items(it.Items, name+" / ", own) {
			return false
		}
		if it.Request == nil {
			continue
		}
		ex, err := p.request(*it.Request, own)
		if err != nil {
			err = &Skipped{fmt.Sprintf("request %q", shorten(name)), err}
		}
		if !p.yield(Item{Exchange: ex}, err) {
			return false
		}
	}
	return true
}

func (p *postman) request(raw json.RawMessage, auth *postmanAuth) (*capture.Exchange, error) {
	in := postmanRequest{Method: "GET", URL: raw}
	if raw[0] != '"' { // else it is a URL alone
		in.URL = nil
		if err := decodeJSON(raw, &in); err != nil {
			return nil, err
		}
	}
	r := capture.Request{Method: string(in.Method), Proto: "HTTP/1.1", Exact: true}
	url, err := p.url(in.URL)
	if err != nil {
		return nil, err
	}
	if err := setURL(&r, url); err != nil {
		return nil, err
	}
	if r.Fields, err = p.header(in.Header); err != nil {
		return nil, err
	}
	if in.Auth != nil {
		auth = in.Auth
	}
	if err := p.authorize(&r, auth); err != nil {
		return nil, err
	}
	if in.Body != nil && !in.Body.Disabled {
		if err := p.body(&r, in.Body); err != nil {
			return nil, fmt.Errorf("body: %w", err)
		}
	}
	withOwnFields(&r)
	if err := possible(&r); err != nil {
		return nil, err
	}
	return imported(r), nil
}

// fill puts the values of the collection's variables in. Others are an error.
func (p *postman) fill(s looseText) (string, error) {
	text := string(s)
	for range 8 { // a value may name a variable
		name := placeholder().FindString(text)
		if name == "" {
			return text, nil
		}
		value, ok := p.values[strings.TrimSpace(strings.Trim(name, "{}"))]
		if !ok {
			return "", fmt.Errorf("%s is a variable that the collection gives no value", name)
		}
		if len(text)+strings.Count(text, name)*len(value) > maxEntry/16 {
			return "", fmt.Errorf("what %s stands for is too large", name)
		}
		text = strings.ReplaceAll(text, name, value)
	}
	return "", errors.New("a variable stands for itself")
}

func (p *postman) url(raw json.RawMessage) (string, error) {
	var text looseText
	if len(raw) > 0 && raw[0] == '{' {
		var u postmanURL
		if err := decodeJSON(raw, &u); err != nil {
			return "", err
		}
		text = u.text()
	} else if len(raw) > 0 {
		if err := json.Unmarshal(raw, &text); err != nil {
			return "", err
		}
	}
	if text == "" {
		return "", errors.New("url is missing")
	}
	return p.fill(text)
}

func (p *postman) header(raw json.RawMessage) ([]capture.Field, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var pairs []postmanPair
	if raw[0] == '"' { // lines of text, in old collections
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, err
		}
		for line := range strings.SplitSeq(text, "\n") {
			if name, value, ok := strings.Cut(line, ":"); ok {
				pairs = append(pairs, postmanPair{Key: looseText(name), Value: looseText(value)})
			}
		}
	} else if err := json.Unmarshal(raw, &pairs); err != nil {
		return nil, errors.New("header: it is not names and values")
	}
	var out []capture.Field
	parts, err := p.parts(slices.DeleteFunc(pairs, func(h postmanPair) bool { return h.Key == "" }))
	for _, x := range parts {
		out = append(out, capture.Field{Name: strings.TrimSpace(x.name), Value: strings.TrimSpace(x.value)})
	}
	return out, err
}

func (p *postman) authorize(r *capture.Request, auth *postmanAuth) error {
	if auth == nil {
		return nil
	}
	var first error // with it the request is not used
	get := func(k postmanAuthKey, name string) string {
		text, err := p.fill(looseText(k[name]))
		first = cmp.Or(first, err)
		return text
	}
	switch auth.Type {
	case "", "noauth":
	case "bearer":
		r.Fields = capture.SetField(r.Fields, "Authorization", "Bearer "+get(auth.Bearer, "token"))
	case "basic":
		user := get(auth.Basic, "username") + ":" + get(auth.Basic, "password")
		r.Fields = capture.SetField(r.Fields, "Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user)))
	case "apikey":
		name, value := get(auth.APIKey, "key"), get(auth.APIKey, "value")
		if auth.APIKey["in"] == "query" {
			addToQuery(r, name, value)
		} else {
			r.Fields = capture.SetField(r.Fields, name, value)
		}
	case "oauth2":
		token := get(auth.OAuth2, "accessToken")
		switch {
		case first != nil:
		case token == "":
			return errors.New("auth: the access token of oauth2 is not in the collection")
		case auth.OAuth2["addTokenTo"] == "queryParams":
			addToQuery(r, "access_token", token)
		default:
			prefix := "Bearer"
			if _, ok := auth.OAuth2["headerPrefix"]; ok {
				prefix = get(auth.OAuth2, "headerPrefix")
			}
			r.Fields = capture.SetField(r.Fields, "Authorization", strings.TrimSpace(prefix+" "+token))
		}
	default:
		return fmt.Errorf("auth: what %q would send is not worked out", string(auth.Type))
	}
	return first
}

func addToQuery(r *capture.Request, name, value string) {
	mark := "?"
	if strings.Contains(r.Target, "?") {
		mark = "&"
	}
	r.Target += mark + formEscape(name) + "=" + formEscape(value)
}
