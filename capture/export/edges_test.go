package export

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"creel/capture"
)

func inCollection(request string) string {
	return `{"info":{},"item":[{"name":"x","request":` + request + `}]}`
}

func rawNgrok(raw string) string {
	return `{"requests":[{"request":{"raw":"` + base64.StdEncoding.EncodeToString([]byte(raw)) + `"}}]}`
}

// What each source may lack or have in another form; an error about what cannot be read
// names the part that is wrong.
func TestEdgesOfSources(t *testing.T) {
	for _, tt := range []struct{ what, in, want, problem string }{
		{"Postman, no mode", inCollection(`{"method":"POST","url":"http://h/","body":{}}`), "POST http://h/", ""},
		{"Postman, mode none", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"none","raw":"x"}}`), "POST http://h/", ""},
		{"Postman, a type of its own", inCollection(`{"method":"POST","url":"http://h/","header":[{"key":"content-type","value":"a/b"}],"body":{"mode":"raw","raw":"x","options":{"raw":{"language":"xml"}}}}`), "POST http://h/ [content-type: a/b] x", ""},
		{"Postman, the type of parts", inCollection(`{"method":"POST","url":"http://h/","header":[{"key":"Content-Type","value":"a/b"}],"body":{"mode":"formdata","formdata":[{"key":"a","value":"1","contentType":"text/x"}]}}`), "POST http://h/ [Content-Type: multipart/form-data; boundary=" + formBoundary + "] --" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\nContent-Type: text/x\r\n\r\n1\r\n--" + formBoundary + "--\r\n", ""},
		{"Postman, a part with a line break in its type", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[{"key":"a","value":"1","contentType":"a\nb"}]}}`), "", "has a line break"},
		{"Postman, GraphQL without variables", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"graphql","graphql":{"query":"{a}","variables":" "}}}`), `POST http://h/ [Content-Type: application/json] {"query":"{a}","variables":{}}`, ""},
		{"Postman, GraphQL with others", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"graphql","graphql":{"query":"{a}","variables":"{"}}}`), "", "graphql.variables is not JSON"},
		{"Postman, no GraphQL", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"graphql"}}`), "", "graphql is missing"},
		{"Postman, variables everywhere: prefix", inCollection(`{"auth":{"type":"oauth2","oauth2":{"accessToken":"t","headerPrefix":"{{p}}"}},"method":"GET","url":"http://h/"}`), "", "{{p}}"},
		{"Postman, variables everywhere: form", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"urlencoded","urlencoded":[{"key":"{{k}}","value":"1"}]}}`), "", "{{k}}"},
		{"Postman, variables everywhere: value", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"urlencoded","urlencoded":[{"key":"k","value":"{{v}}"}]}}`), "", "{{v}}"},
		{"Postman, variables everywhere: query", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"graphql","graphql":{"query":"{{q}}"}}}`), "", "{{q}}"},
		{"Postman, variables everywhere: variables", inCollection(`{"method":"POST","url":"http://h/","body":{"mode":"graphql","graphql":{"query":"q","variables":"{{v}}"}}}`), "", "{{v}}"},
		{"Postman, variables everywhere: header", inCollection(`{"method":"POST","url":"http://h/","header":[{"key":"A","value":"{{v}}"}]}`), "", "{{v}}"},
		{"Postman, variables everywhere: header's name", inCollection(`{"method":"POST","url":"http://h/","header":[{"key":"{{k}}","value":"v"}]}`), "", "{{k}}"},
		{"Postman, variables everywhere: token", inCollection(`{"method":"POST","url":"http://h/","auth":{"type":"bearer","bearer":{"token":"{{t}}"}}}`), "", "{{t}}"},
		{"Postman, variables everywhere: user", inCollection(`{"method":"POST","url":"http://h/","auth":{"type":"basic","basic":{"username":"{{u}}"}}}`), "", "{{u}}"},
		{"Postman, variables everywhere: password", inCollection(`{"method":"POST","url":"http://h/","auth":{"type":"basic","basic":{"username":"u","password":"{{p}}"}}}`), "", "{{p}}"},
		{"Postman, variables everywhere: key", inCollection(`{"method":"POST","url":"http://h/","auth":{"type":"apikey","apikey":{"key":"{{k}}"}}}`), "", "{{k}}"},
		{"Postman, variables everywhere: value of a key", inCollection(`{"method":"POST","url":"http://h/","auth":{"type":"apikey","apikey":{"key":"k","value":"{{v}}"}}}`), "", "{{v}}"},
		{"Postman, a key in a field", inCollection(`{"method":"GET","url":"http://h/","header":[{"key":"x-key","value":"old"}],"auth":{"type":"apikey","apikey":{"key":"X-Key","value":"v"}}}`), "GET http://h/ [x-key: v]", ""},
		{"Postman, a key behind a query", inCollection(`{"method":"GET","url":"http://h/?a=1","auth":{"type":"apikey","apikey":{"key":"k","value":"v","in":"query"}}}`), "GET http://h/?a=1&k=v", ""},
		{"Postman, auth that is none", inCollection(`{"method":"GET","url":"http://h/","auth":{"type":"bearer","bearer":5}}`), "", "auth: it is not names and values"},
		{"Postman, a URL without a host", inCollection(`{"method":"GET","url":{"path":["a"]}}`), "", "url is missing"},
		{"Postman, another scheme", inCollection(`{"method":"GET","url":"ftp://h/"}`), "", "not http or https"},
		{"Postman, no fields", inCollection(`{"method":"GET","url":"http://h/","header":null}`), "GET http://h/", ""},
		{"Postman, a field without a name", inCollection(`{"method":"GET","url":"http://h/","header":[{"key":"","value":"v"},{"key":" A ","value":" b "}]}`), "GET http://h/ [A: b]", ""},
		{"ngrok, no request line", rawNgrok("hello\r\n\r\n"), "", `request.raw: "hello" is not a request line`},
		{"ngrok, a field without a colon", rawNgrok("GET / HTTP/1.1\r\nx\r\n\r\n"), "", "request.raw"},
		{"GitHub, another scheme", "Request URL: ftp://h/\nA: b\n\nPayload\n{}\n", "", "not http or https"},
		{"HAR, HTTP/1.0", `{"log":{"entries":[{"request":{"method":"GET","url":"http://h/","httpVersion":"HTTP/1.0"}}]}}`, "GET http://h/", ""},
		{"HTTP file, a URL and Host", "### a\nGET http://h/a\nHost: other\n", "GET http://other/a", ""},
		{"raw, a URL", "GET https://h:1/x?y\nA: b\n\n", "GET https://h:1/x?y [A: b]", ""},
		{"raw, a URL and Host", "GET http://h/x HTTP/1.1\nHost: other\n\n", "GET http://otherhttp://h/x", ""},
		{"raw, two without a length", "GET /a HTTP/1.1\nHost: h\n\nGET /b HTTP/1.1\nHost: h\n\n", "GET http://h/a; GET http://h/b", ""},
		{"raw, the rest is the body", "GET /a HTTP/1.1\nHost: h\n\nGET /b\n", "GET http://h/a GET /b\n", ""},
		{"raw, chunks cut short", "POST /a HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3\nabc\n5\nde", "POST http://h/a [Transfer-Encoding: chunked] abcde", ""},
		{"raw, chunks without an end", "POST /a HTTP/1.1\nHost: h\nTransfer-Encoding: chunked\n\n3;x=y\nabc\n", "POST http://h/a [Transfer-Encoding: chunked] abc", ""},
		{"raw, a length too much", "POST /a HTTP/1.1\nHost: h\nContent-Length: 9\n\nabc", "POST http://h/a abc", ""},
		{"raw, a length and more", "POST /a HTTP/1.1\nHost: h\nContent-Length: 3\n\nabcGET /b HTTP/1.1\nHost: h\n\n", "POST http://h/a abc; GET http://h/b", ""},
		{"raw, a length below zero", "POST /a HTTP/1.1\nHost: h\nContent-Length: -1\n\nabc", "", `Content-Length "-1" is not a number`},
		{"raw, a head without an end", "GET /a HTTP/1.1\nHost: h\nA: b", "GET http://h/a [A: b]", ""},
		{"Postman, a line break in a field", inCollection(`{"method":"GET","url":"http://h/","header":[{"key":"A","value":"b\nC: d"}]}`), "", "the value of A has a line break"},
		{"HAR, a method that is none", `{"log":{"entries":[{"request":{"method":"G:T","url":"http://h/"}}]}}`, "", `entry 1: method: "G:T" is no method`},
		{"ngrok, a line break in a field", `{"remote_addr":"","request":{"method":"GET","uri":"/","headers":{"A":["b\nC: d"]}}}`, "", "the value of A has a line break"},
		{"GitHub, a NUL in a field", `{"guid":"1","request":{"headers":{"A":"\u0000"},"payload":{}}}`, "", "the value of A has a line break or another control character"},
		{"raw, one of two with a NUL", "GET /a HTTP/1.1\nHost: h\nA: \x00\n\nGET /b HTTP/1.1\nHost: h\n\n", "GET http://h/b", "request 1: the value of A has a line break or another control character"},
		{"raw, no name", "GET /a HTTP/1.1\n: b\n\n", "", "a header field has no name"},
	} {
		requests, problems := readAll(tt.in)
		if got := strings.Join(requests, "; "); got != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.what, got, tt.want)
		}
		if got := strings.Join(problems, "; "); (got == "") != (tt.problem == "") || !strings.Contains(got, tt.problem) {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.problem)
		}
	}
}

// What a curl command may read from the command in front of it, and how the parts of a form
// are written.
func TestEdgesOfCurl(t *testing.T) {
	form := func(fields string) string {
		return "POST http://h/ [Content-Type: multipart/form-data; boundary=" + formBoundary + "] --" + formBoundary + "\r\nContent-Disposition: form-data; " + fields + "\r\n--" + formBoundary + "--\r\n"
	}
	for _, tt := range []struct{ in, want, problem string }{
		{`printf %s 'a%b' | curl -d @- h/`, "POST http://h/ a%b", ""},
		{`printf '%s\n' a | curl --data-binary @- h/`, "POST http://h/ a\n", ""},
		{`printf 'a%%\x41\n' | curl --data-binary @- h/`, "POST http://h/ a%A\n", ""},
		{`printf %d 1 | curl -d @- h/`, "", "only curl commands are read"},
		{`printf 'a%d' | curl -d @- h/`, "", "has conversions"},
		{`printf '\x' | curl -d @- h/`, "", "has no digits"},
		{`printf | curl -d @- h/`, "", "only curl commands are read"},
		{`echo | curl --data-binary @- h/`, "POST http://h/ \n", ""},
		{`echo a b | curl --data-binary @- h/`, "POST http://h/ a b\n", ""},
		{`echo -n a b | curl --data-binary @- h/`, "POST http://h/ a b", ""},
		{`echo -e a | curl -d @- h/`, "", "only curl commands are read"},
		{"cat <<E | curl --data-binary @- h/\na\nE", "POST http://h/ a\n", ""},
		{"cat - <<E | curl --data-binary @- h/\na\nE", "POST http://h/ a\n", ""},
		{"cat file | curl -d @- h/", "", "only curl commands are read"},
		{`curl --form-string 'a=@b;type=c' h/`, form("name=\"a\"\r\n\r\n@b;type=c"), ""},
		{`curl --form-string a h/`, "", "NAME=CONTENT"},
		{`curl -F 'a="b;\"c\\"' h/`, form("name=\"a\"\r\n\r\nb;\"c\\"), ""},
		{`curl -F 'a="b"c;type=x/y' h/`, form("name=\"a\"\r\nContent-Type: x/y\r\n\r\n\"b\"c"), ""},
		{`curl -F 'a="b' h/`, form("name=\"a\"\r\n\r\n\"b"), ""},
		{`curl -F 'a="b" ; filename="f;g" ; type=x/y;charset=z' h/`, form("name=\"a\"; filename=\"f;g\"\r\nContent-Type: x/y;charset=z\r\n\r\nb"), ""},
		{`curl -F '=)' h/`, "", "parts within parts"},
		{`curl -F a=b -H 'Content-Type: text/plain' h/`, "", "other than multipart/form-data"},
		{`curl --proto-default https h/`, "GET https://h/", ""},
		{`curl -u a:b 'http://c%zz@h/'`, "", "not escaped well"},
		{`curl 'http://[::1]:81/a'`, "GET http://[::1]:81/a", ""},
		{`curl 'http://[::1]/[a]'`, "", "makes a pattern of the ["},
		{`curl --url-query @f h/`, "", "it reads a file"},
		{`printf x`, "", "neither"},
	} {
		list, err := Read([]byte(tt.in), time.Time{})
		var got []string
		for _, ex := range list {
			ex.Request.Fields = slices.DeleteFunc(ex.Request.Fields, func(f capture.Field) bool {
				return f.Name == "User-Agent" || f.Name == "Accept" || f.Value == "application/x-www-form-urlencoded"
			})
			got = append(got, describe(ex))
		}
		if s := strings.Join(got, "; "); s != tt.want {
			t.Errorf("%s:\n got %q\nwant %q", tt.in, s, tt.want)
		}
		if s := fmt.Sprint(err); (err == nil) != (tt.problem == "") || !strings.Contains(s, tt.problem) && err != nil {
			t.Errorf("%s: %v, want %q", tt.in, err, tt.problem)
		}
	}
}

// What is written into a URL as it is, and what as \u in JSON.
func TestPlainCharacters(t *testing.T) {
	for s, want := range map[string]bool{"": true, "!~": true, "a b": false, "a\x7f": false, "a\t": false, "\x80": false} {
		if got := plainASCII(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	for r, want := range map[rune]string{0: `\u0000`, 0x202e: `\u202e`, 0xffff: `\uffff`, 0x10000: `\ud800\udc00`, 0x10ffff: `\udbff\udfff`} {
		if got := string(appendU(nil, r)); got != want {
			t.Errorf("%U: %s, want %s", r, got, want)
		}
	}
}

// The members of an object are known as far as they are there.
func TestMemberNames(t *testing.T) {
	for in, want := range map[string]string{
		`{}`: " true", `{"a":1,"b":[2]}`: "a b true", `{"a":1,"b":[2`: "a b false", `{"a":1,"b`: "a false", `{"a":1,`: "a false", `[1]`: " true", ``: " false", `{"a":1} x`: "a true",
	} {
		names, whole := memberNames([]byte(in))
		if got := fmt.Sprintf("%s %v", strings.Join(names, " "), whole); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}
