package export

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"creel/capture"
)

var curlWord = regexp.MustCompile(`(?m)(^[ \t]*(\$ )?|\|\s*|[;&]\s*)curl(\.exe)?\s`)

func isCurl(data []byte) bool { return curlWord.Match(data) }

// readCurl reads curl command lines as people, browsers and creel write them.
func readCurl(data []byte) ([]*capture.Exchange, error) {
	commands, err := splitWords(strings.TrimPrefix(string(data), "$ "))
	if err != nil {
		return nil, fmt.Errorf("curl: %w", err)
	}
	var out []*capture.Exchange
	var stdin *string
	for _, words := range commands {
		piped := words[len(words)-1] == "|"
		if piped && words[0] == "printf" && len(words) == 3 {
			text, err := runPrintf(words[1])
			if err != nil {
				return nil, fmt.Errorf("curl: %w", err)
			}
			stdin = &text
			continue
		}
		if name := words[0]; name == "curl" || name == "curl.exe" || strings.HasSuffix(name, "/curl") {
			ex, err := readCurlCommand(words[1:], stdin)
			if err != nil {
				return nil, fmt.Errorf("curl: command %d: %w", len(out)+1, err)
			}
			out = append(out, ex)
		}
		stdin = nil
	}
	if len(out) == 0 {
		return nil, errors.New("curl: no curl command")
	}
	return out, nil
}

// curlCommand is what the options of one command say.
type curlCommand struct {
	method  string
	url     string
	target  string
	fields  []capture.Field
	removed map[string]bool
	data    []string
	hasData bool
	json    bool
	get     bool
	head    bool
	user    string
	stdin   *string
	form    []string
}

// curlOptions are the options that make the request; each is given its value.
var curlOptions = map[string]func(*curlCommand, string) error{
	"--request":        func(c *curlCommand, v string) error { c.method = v; return nil },
	"--url":            func(c *curlCommand, v string) error { c.url = v; return nil },
	"--request-target": func(c *curlCommand, v string) error { c.target = v; return nil },
	"--header":         (*curlCommand).header,
	"--user-agent":     func(c *curlCommand, v string) error { c.set("User-Agent", v); return nil },
	"--referer":        func(c *curlCommand, v string) error { c.set("Referer", v); return nil },
	"--cookie":         (*curlCommand).cookie,
	"--user":           func(c *curlCommand, v string) error { c.user = v; return nil },
	"--oauth2-bearer":  func(c *curlCommand, v string) error { c.set("Authorization", "Bearer "+v); return nil },
	"--data":           func(c *curlCommand, v string) error { return c.addData(v, true, true) },
	"--data-ascii":     func(c *curlCommand, v string) error { return c.addData(v, true, true) },
	"--data-binary":    func(c *curlCommand, v string) error { return c.addData(v, true, false) },
	"--data-raw":       func(c *curlCommand, v string) error { return c.addData(v, false, false) },
	"--data-urlencode": (*curlCommand).urlencode,
	"--json":           func(c *curlCommand, v string) error { c.json = true; return c.addData(v, true, false) },
	"--form":           func(c *curlCommand, v string) error { c.form = append(c.form, v); return nil },
	"--form-string":    func(c *curlCommand, v string) error { c.form = append(c.form, v); return nil },
}

var curlShort = map[byte]string{
	'X': "--request", 'H': "--header", 'A': "--user-agent", 'e': "--referer", 'b': "--cookie", 'u': "--user",
	'd': "--data", 'F': "--form",
}

// curlFlags make the request and take no value.
var curlFlags = map[string]func(*curlCommand){
	"--get": func(c *curlCommand) { c.get = true }, "-G": func(c *curlCommand) { c.get = true },
	"--head": func(c *curlCommand) { c.head = true }, "-I": func(c *curlCommand) { c.head = true },
	"--compressed": func(c *curlCommand) { c.set("Accept-Encoding", "deflate, gzip, br, zstd") },
}

// curlIgnored are options with a value that say nothing of the request.
var curlIgnored = map[string]bool{
	"--output": true, "--max-time": true, "--connect-timeout": true, "--retry": true, "--retry-delay": true,
	"--write-out": true, "--proxy": true, "--cacert": true, "--cert": true, "--key": true, "--resolve": true,
	"--cookie-jar": true, "--dump-header": true, "--interface": true, "--max-redirs": true, "--ciphers": true,
	"--limit-rate": true, "--trace": true, "--trace-ascii": true, "--stderr": true, "--connect-to": true,
	"--retry-max-time": true, "--proxy-user": true, "--noproxy": true, "--unix-socket": true, "--range": true,
}

const curlIgnoredShort = "omwxEDCcrYyzT"

func readCurlCommand(words []string, stdin *string) (*capture.Exchange, error) {
	c := curlCommand{removed: map[string]bool{}, stdin: stdin}
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case w == ">" || w == "2>" || w == "<":
			i++
		case !strings.HasPrefix(w, "-") || w == "-":
			if w != "|" && c.url == "" {
				c.url = w
			}
		case strings.HasPrefix(w, "--"):
			used, err := c.long(w, words[i+1:])
			if err != nil {
				return nil, err
			}
			i += used
		default:
			used, err := c.short(w, words[i+1:])
			if err != nil {
				return nil, err
			}
			i += used
		}
	}
	return c.exchange()
}

// long handles one long option and returns how many further words it used.
func (c *curlCommand) long(w string, rest []string) (int, error) {
	if f := curlFlags[w]; f != nil {
		f(c)
		return 0, nil
	}
	f, ok := curlOptions[w]
	if !ok {
		if curlIgnored[w] {
			return 1, nil
		}
		return 0, nil
	}
	if len(rest) == 0 {
		return 0, fmt.Errorf("%s needs a value", w)
	}
	return 1, f(c, rest[0])
}

// short handles a word of short options, such as -sSXPOST.
func (c *curlCommand) short(w string, rest []string) (int, error) {
	for i := 1; i < len(w); i++ {
		if f := curlFlags["-"+w[i:i+1]]; f != nil {
			f(c)
			continue
		}
		name, ok := curlShort[w[i]]
		if !ok && strings.IndexByte(curlIgnoredShort, w[i]) < 0 {
			continue
		}
		value, used := w[i+1:], 0
		if value == "" {
			if len(rest) == 0 {
				return 0, fmt.Errorf("-%c needs a value", w[i])
			}
			value, used = rest[0], 1
		}
		if !ok {
			return used, nil
		}
		return used, curlOptions[name](c, value)
	}
	return 0, nil
}

func (c *curlCommand) header(v string) error {
	if strings.HasPrefix(v, "@") {
		return namesFile(v)
	}
	name, value, ok := strings.Cut(v, ":")
	switch {
	case !ok && strings.HasSuffix(v, ";"):
		c.fields = append(c.fields, capture.Field{Name: strings.TrimSuffix(v, ";")})
	case !ok:
	case strings.TrimSpace(value) == "":
		c.removed[strings.ToLower(name)] = true
	default:
		c.fields = append(c.fields, capture.Field{Name: name, Value: strings.Trim(value, " \t")})
	}
	return nil
}

func (c *curlCommand) set(name, value string) {
	c.fields = append(c.fields, capture.Field{Name: name, Value: value})
}

func (c *curlCommand) cookie(v string) error {
	if !strings.Contains(v, "=") {
		return namesFile("@" + v)
	}
	c.set("Cookie", v)
	return nil
}

// addData adds a body part. At strips line breaks only from files, which are
// not read; ascii does so for standard input.
func (c *curlCommand) addData(v string, at, ascii bool) error {
	if at && strings.HasPrefix(v, "@") {
		if v != "@-" || c.stdin == nil {
			return namesFile(v)
		}
		v = *c.stdin
		if ascii {
			v = strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(v)
		}
	}
	c.data, c.hasData = append(c.data, v), true
	return nil
}

func (c *curlCommand) urlencode(v string) error {
	i := strings.IndexAny(v, "=@")
	switch {
	case i >= 0 && v[i] == '@':
		return namesFile(v[i:])
	case i > 0:
		v = v[:i+1] + url.QueryEscape(v[i+1:])
	default:
		v = url.QueryEscape(strings.TrimPrefix(v, "="))
	}
	c.data, c.hasData = append(c.data, v), true
	return nil
}

func namesFile(v string) error {
	return fmt.Errorf("it reads the file %q, which is not read here: put its content in the command", strings.TrimPrefix(v, "@"))
}

func (c *curlCommand) exchange() (*capture.Exchange, error) {
	if c.url == "" {
		return nil, errors.New("no URL")
	}
	r := capture.Request{Proto: "HTTP/1.1", Exact: true}
	if err := setURL(&r, c.url); err != nil {
		return nil, err
	}
	if r.Host == "" {
		return nil, fmt.Errorf("the URL %q names no host", c.url)
	}
	body, contentType, err := c.body(&r)
	if err != nil {
		return nil, err
	}
	if c.target != "" {
		r.Target = c.target
	}
	r.Method = c.requestMethod()
	r.Fields = c.requestFields(&r, contentType, body)
	r.Chunked = hasChunkedField(&r)
	r.Body = capture.NewBody(body)
	return imported(r), nil
}

func (c *curlCommand) requestMethod() string {
	switch {
	case c.method != "":
		return c.method
	case c.head:
		return "HEAD"
	case (c.hasData || len(c.form) > 0) && !c.get:
		return "POST"
	}
	return "GET"
}

func (c *curlCommand) body(r *capture.Request) (body []byte, contentType string, err error) {
	sep := "&"
	if c.json {
		sep = ""
	}
	data := strings.Join(c.data, sep)
	switch {
	case c.get:
		if data != "" {
			mark := "?"
			if strings.Contains(r.Target, "?") {
				mark = "&"
			}
			r.Target += mark + data
		}
		return nil, "", nil
	case len(c.form) > 0:
		return c.multipart()
	case c.json:
		return []byte(data), "application/json", nil
	case c.hasData:
		return []byte(data), "application/x-www-form-urlencoded", nil
	}
	return nil, "", nil
}

func (c *curlCommand) multipart() ([]byte, string, error) {
	const boundary = "------------------------creel0imported0form"
	var b strings.Builder
	for _, part := range c.form {
		name, value, ok := strings.Cut(part, "=")
		if !ok || strings.HasPrefix(value, "@") || strings.HasPrefix(value, "<") {
			return nil, "", namesFile(value)
		}
		value, options := formOptions(value)
		fmt.Fprintf(&b, "--%s\r\nContent-Disposition: form-data; name=%q", boundary, name)
		if file, ok := options["filename"]; ok {
			fmt.Fprintf(&b, "; filename=%q", file)
		}
		if kind, ok := options["type"]; ok {
			fmt.Fprintf(&b, "\r\nContent-Type: %s", strings.NewReplacer("\r", "", "\n", "").Replace(kind))
		}
		fmt.Fprintf(&b, "\r\n\r\n%s\r\n", value)
	}
	fmt.Fprintf(&b, "--%s--\r\n", boundary)
	return []byte(b.String()), "multipart/form-data; boundary=" + boundary, nil
}

// formOptions parts the value of -F from the ;type= and ;filename= behind it.
func formOptions(value string) (string, map[string]string) {
	options := map[string]string{}
	for {
		i := strings.LastIndexByte(value, ';')
		name, text, ok := strings.Cut(value[i+1:], "=")
		name = strings.TrimSpace(name)
		if i < 0 || !ok || name != "type" && name != "filename" {
			return unquoteForm(value), options
		}
		value, options[name] = value[:i], unquoteForm(text)
	}
}

func unquoteForm(s string) string {
	if len(s) > 1 && s[0] == '"' && s[len(s)-1] == '"' {
		return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
	}
	return s
}

// requestFields are the fields in the order in which curl sends them: its own,
// unless given or removed, then the given ones.
func (c *curlCommand) requestFields(r *capture.Request, contentType string, body []byte) []capture.Field {
	given := capture.Request{Fields: c.fields}
	var own []capture.Field
	add := func(name, value string) {
		if _, ok := given.Get(name); !ok && !c.removed[strings.ToLower(name)] && value != "" {
			own = append(own, capture.Field{Name: name, Value: value})
		}
	}
	add("Host", r.Host)
	if c.user != "" {
		add("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(c.user)))
	}
	if c.json {
		add("Accept", "application/json")
	} else {
		add("Accept", "*/*")
	}
	first := len(own)
	if c.hasData && !c.get || len(body) > 0 {
		if !hasChunkedField(&given) {
			add("Content-Length", fmt.Sprint(len(body)))
		}
		add("Content-Type", contentType)
	}
	out := append([]capture.Field{}, own[:first]...)
	return append(append(out, c.fields...), own[first:]...)
}
