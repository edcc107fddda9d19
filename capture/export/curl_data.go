package export

import (
	"errors"
	"fmt"
	"net/http"
	"path"
	"strings"
	"time"

	"creel/capture"
)

// curlCommand is what the options of a command say, up to --next.
type curlCommand struct {
	urls          []shellWord
	line          int     // of the option that is read
	stdin         *string // what @- stands for; nil when not known
	method        string
	target        string
	scheme        string
	query         []string
	fields        []capture.Field
	removed       map[string]bool
	agent         *string
	referer       string
	cookies       []string
	user          *string
	authorization string
	byteRange     string
	condition     *capture.Field
	data          strings.Builder
	hasData       bool
	json          bool
	form          []part
	get           bool
	head          bool
	compressed    bool
	globOff       bool
	pathAsIs      bool
	formEscape    bool
	http10        bool
}

func newCurlCommand(stdin *string) *curlCommand {
	return &curlCommand{removed: map[string]bool{}, stdin: stdin}
}

func (c *curlCommand) addURL(v string) error {
	if strings.HasPrefix(v, "@") {
		return errors.New(readsFile)
	}
	c.urls = append(c.urls, shellWord{v, c.line})
	return nil
}

// addHeader reads -H: a field with a value, with an empty one ("Name;"), or one
// that curl is not to send by itself ("Name:").
func (c *curlCommand) addHeader(v string) error {
	if strings.HasPrefix(v, "@") {
		return errors.New(readsFile)
	}
	if strings.ContainsAny(v, "\r\n\x00") {
		return errors.New("a header field cannot have a line break or NUL")
	}
	name, value, ok := strings.Cut(v, ":")
	if ok && name == "" {
		return nil // curl drops it
	}
	if !ok {
		if name, ok = strings.CutSuffix(v, ";"); ok {
			c.fields = append(c.fields, capture.Field{Name: name})
		}
		return nil // curl drops it, too
	}
	if value = strings.Trim(value, " \t"); value == "" {
		c.removed[strings.ToLower(name)] = true
		return nil
	}
	c.fields = append(c.fields, capture.Field{Name: name, Value: value})
	return nil
}

func (c *curlCommand) addCookie(v string) error {
	switch {
	case v == "":
		return nil // it only turns cookies on
	case !strings.Contains(v, "="):
		return errors.New(readsFile)
	}
	c.cookies = append(c.cookies, v)
	return nil
}

func (c *curlCommand) setUser(v string) error {
	if !strings.Contains(v, ":") {
		return errors.New("curl would ask for the password: write USER:PASSWORD")
	}
	c.user = &v
	return nil
}

// setTimeCondition reads the dates that curl and Go read alike.
func (c *curlCommand) setTimeCondition(v string) error {
	name := "If-Modified-Since"
	date, negated := strings.CutPrefix(v, "-")
	if negated {
		name = "If-Unmodified-Since"
	}
	at, err := http.ParseTime(date)
	for _, layout := range []string{"2 Jan 2006", time.RFC1123Z} {
		if err != nil {
			at, err = time.Parse(layout, date)
		}
	}
	if err != nil {
		return errors.New("it is not a date such as 'Mon, 02 Jan 2006 15:04:05 GMT'")
	}
	c.condition = &capture.Field{Name: name, Value: at.UTC().Format(http.TimeFormat)}
	return nil
}

// dataKind says what @ and line breaks are in the value of an option for data.
type dataKind uint8

const (
	dataText   dataKind = iota // of what @ names, line breaks and NUL are taken off
	dataBinary                 // what @ names is kept as it is
	dataRaw                    // @ is itself
)

// addData adds data, after the separator where there is some already.
func (c *curlCommand) addData(v string, kind dataKind, separator string) error {
	if kind != dataRaw && strings.HasPrefix(v, "@") {
		text, err := c.content(v[1:])
		if err != nil {
			return err
		}
		if kind == dataText {
			text = strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(text)
		}
		v = text
	}
	if c.data.Len() > 0 {
		c.data.WriteString(separator)
	}
	c.data.WriteString(v)
	c.hasData = true
	return nil
}

// content is that of standard input. No file is read.
func (c *curlCommand) content(name string) (string, error) {
	if name != "-" || c.stdin == nil {
		return "", errors.New(readsFile)
	}
	return *c.stdin, nil
}

func (c *curlCommand) addEncoded(v string) error {
	text, err := c.encoded(v)
	if err != nil {
		return err
	}
	return c.addData(text, dataRaw, "&")
}

// encoded reads content, =content, name=content, @file and name@file.
func (c *curlCommand) encoded(v string) (string, error) {
	i := strings.IndexAny(v, "=@")
	if i < 0 {
		return formEscape(v), nil
	}
	name, content := v[:i], v[i+1:]
	if v[i] == '@' {
		var err error
		if content, err = c.content(content); err != nil {
			return "", err
		}
	}
	if name != "" {
		name += "="
	}
	return name + formEscape(content), nil
}

// addQuery reads --url-query: as --data-urlencode does, or + and text as it is.
func (c *curlCommand) addQuery(v string) error {
	text, raw := strings.CutPrefix(v, "+")
	if !raw {
		var err error
		if text, err = c.encoded(v); err != nil {
			return err
		}
	}
	c.query = append(c.query, text)
	return nil
}

func (c *curlCommand) addFormString(v string) error {
	name, value, ok := strings.Cut(v, "=")
	if !ok {
		return errors.New("a form field is written NAME=CONTENT")
	}
	c.form = append(c.form, part{name: name, value: value})
	return nil
}

// addForm reads -F: NAME=CONTENT, and behind it ;type= and ;filename=.
func (c *curlCommand) addForm(v string) error {
	name, rest, ok := strings.Cut(v, "=")
	switch {
	case !ok:
		return errors.New("a form field is written NAME=CONTENT")
	case strings.HasPrefix(rest, "@"), strings.HasPrefix(rest, "<"):
		return errors.New(readsFile)
	case strings.HasPrefix(rest, "("), name == "" && rest == ")":
		return errors.New("parts within parts are not read: use --form-string for content that begins with (")
	}
	p := part{name: name}
	p.value, rest = formWord(rest)
	for rest != "" {
		var text string
		option := strings.TrimLeft(rest[1:], " \t")
		key, value, _ := strings.Cut(option, "=")
		text, rest = formWord(value)
		switch strings.ToLower(key) {
		case "type":
			p.contentType = text
		case "filename":
			p.file = &text
		default:
			return fmt.Errorf("%q is not read: quote content that has a ;", shorten(option))
		}
		for strings.HasPrefix(rest, ";") && p.contentType != "" && strings.EqualFold(key, "type") && !formOption(rest) {
			more, after := formWord(rest[1:]) // a parameter of the type
			p.contentType, rest = p.contentType+";"+more, after
		}
	}
	if p.file != nil && p.contentType == "" {
		p.contentType = curlTypes[strings.ToLower(path.Ext(*p.file))]
	}
	c.form = append(c.form, p)
	return nil
}

// curlTypes are the media types that curl knows by the end of a file's name.
var curlTypes = map[string]string{
	".gif": "image/gif", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".svg": "image/svg+xml",
	".txt": "text/plain", ".htm": "text/html", ".html": "text/html", ".pdf": "application/pdf", ".xml": "application/xml",
}

// formOption reports whether an option of -F follows.
func formOption(rest string) bool {
	key, _, _ := strings.Cut(strings.TrimLeft(rest[1:], " \t"), "=")
	switch strings.ToLower(key) {
	case "type", "filename", "headers", "encoder":
		return true
	}
	return false
}

// formWord returns what stands up to the next semicolon, or in quotes.
func formWord(s string) (word, rest string) {
	if strings.HasPrefix(s, `"`) {
		var b strings.Builder
		for i := 1; i < len(s); i++ {
			switch {
			case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '"'):
				i++
			case s[i] == '"':
				rest = strings.TrimLeft(s[i+1:], " \t")
				if rest == "" || rest[0] == ';' {
					return b.String(), rest
				}
				i = len(s) // it is not quoted
				continue
			}
			b.WriteByte(s[i])
		}
	}
	word, _, _ = strings.Cut(s, ";")
	return word, s[len(word):]
}
