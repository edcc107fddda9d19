package export

import (
	"context"
	"strings"
	"testing"
	"time"

	"creel/capture"

	"github.com/google/go-cmp/cmp"
)

func TestHTTPFiles(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		want     []string
		problem  string
	}{
		{"two", "POST http://example.com/one\nContent-Type: application/json\n\n{\"a\":1}\n\n###\nGET http://example.com/two\nAccept: */*\n", []string{`POST http://example.com/one [Content-Type: application/json] {"a":1}`, "GET http://example.com/two [Accept: */*]"}, ""},
		{"names and comments", "### First\n# a comment\n// another\n# @name one\nPUT https://h:8/x?y HTTP/1.1\n# in between\nA: b\n\nl1\n\nl2\n\n\n### Second", []string{"PUT https://h:8/x?y [A: b] l1\n\nl2"}, ""},
		{"only URLs", "http://h/a\n###\nhttps://h/b", []string{"GET http://h/a", "GET https://h/b"}, ""},
		{"a query over lines", "GET http://h/a\n    ?x=1\n    &y=2\nA: b\n", []string{"GET http://h/a?x=1&y=2 [A: b]"}, ""},
		{"with a path and Host", "GET /a HTTP/1.1\nHost: h:1\n\n###\nPOST /b HTTP/1.1\nHost: h:1\n\nx\n", []string{"GET http://h:1/a", "POST http://h:1/b x"}, ""},
		{"what is done with the response", "GET http://h/a\n\n> {% client.log(1) %}\n\n###\nPOST http://h/b\n\nx\n\n>> out.json\n<> last.json\n", []string{"GET http://h/a", "POST http://h/b x"}, ""},
		{"variables that are not used", "@host = h\n@n=1\n\nGET http://h/\n", []string{"GET http://h/"}, ""},
		{"CRLF", "GET http://h/a\r\nA: b\r\n\r\n###\r\nPOST http://h/b\r\n\r\nx\r\n", []string{"GET http://h/a [A: b]", "POST http://h/b x"}, ""},
		{"a version and a body with ### in it", "POST /b HTTP/1.1\nHost: h\nContent-Length: 5\n\n\n###x", []string{"POST http://h/b \n###x"}, ""},
		{"variable in the URL", "@host=h\nGET http://{{host}}/\n", nil, "line 2: {{host}} is a variable"},
		{"variable as the URL", "GET {{base}}/x\n", nil, "line 1: {{base}} is a variable"},
		{"variable in a field", "### a\nGET http://h/\nAuthorization: Bearer {{ token }}\n", nil, "line 3: {{ token }} is a variable"},
		{"variable in the body", "GET http://h/1\n###\nPOST http://h/\n\n{\n\"a\":\"{{$guid}}\"}\n", nil, "line 6: {{$guid}} is a variable"},
		{"a body in a file", "POST http://h/\n\n< ./body.json\n", nil, "line 3: the body is in a file, which is not read here: < ./body.json"},
		{"a script in front", "# x\n< {%\n1\n%}\nGET http://h/\n", nil, "line 2: the script in front of the request is not run"},
		{"a script at the beginning", "< {%\n1\n%}\nGET http://h/\n", nil, "line 1: the script in front of the request is not run"},
		{"a script in a file, at the beginning", "< ./a.js\nGET http://h/\n", nil, "line 1: the script in front of the request is not run"},
		{"a script in a file, later", "GET http://h/\n\n###\n< ../a/b.js\nGET http://h/\n", nil, "line 4: the script in front of the request is not run"},
		{"not a field", "GET http://h/\nnonsense\n", nil, `line 2: "nonsense" is not a header field`},
		{"not a URL", "### a\nGET ftp://h/\n", nil, "line 2: URL"},
		{"chunks", "POST http://h/\nTransfer-Encoding: chunked\n\nx\n", []string{"POST http://h/ [Transfer-Encoding: chunked] x"}, ""},
		{"a body that creel left out", "### a\nPOST http://h/\n\n# left out: the body, 5 bytes that do not fit this format\n", nil, "line 4: the body is not in the file"},
		{"a form over lines", "POST http://h/\nContent-Type: application/x-www-form-urlencoded\n\na=1\r\n&b=2\n&c=x\ny\n", []string{"POST http://h/ [Content-Type: application/x-www-form-urlencoded] a=1&b=2&c=x\ny"}, ""},
		{"a request line, and ### below it", "GET http://h/a HTTP/1.1\n###\nGET http://h/b HTTP/1.1\nA: b\n", []string{"GET http://h/a", "GET http://h/b [A: b]"}, ""},
		{"no scheme", "POST api.example.com:8443/a\nA: b\n", []string{"POST http://api.example.com:8443/a [A: b]"}, ""},
		{"no scheme, no path", "GET example.com?a=1\n", []string{"GET http://example.com/?a=1"}, ""},
		{"no scheme, here", "GET localhost:3000\n", []string{"GET http://localhost:3000/"}, ""},
		{"Basic", "GET http://h/a\nAuthorization: Basic me p:w\n###\nGET http://h/b\nauthorization: basic me:pw\n###\nGET http://h/c\nAuthorization: Basic bWU6cHc=\n", []string{"GET http://h/a [Authorization: Basic bWU6cDp3]", "GET http://h/b [authorization: basic bWU6cHc=]", "GET http://h/c [Authorization: Basic bWU6cHc=]"}, ""},
		{"Digest", "GET http://h/a\nAuthorization: Digest me pw\n", nil, "line 2: the Authorization Digest: the editor makes the value"},
		{"multipart", "POST http://h/a\nContent-Type: multipart/form-data; boundary=B\n\n--B\nContent-Disposition: form-data; name=\"a\"\r\n\nx\n--B--\n\n", []string{"POST http://h/a [Content-Type: multipart/form-data; boundary=B] --B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--B--"}, ""},
		{"GraphQL", "GRAPHQL http://h/\n\nquery { a }\n", nil, "line 1: GRAPHQL is no method of HTTP"},
		{"GraphQL by a field", "POST http://h/\nX-REQUEST-TYPE: GraphQL\n\nquery { a }\n", nil, "line 2: X-REQUEST-TYPE: GraphQL: the editor makes JSON of the body"},
		{"blanks in the URL", "### a\nGET http://h/ x y\n", nil, "is not a request line"},
		{"nothing", "### a\n# b\n@c=1\n", nil, "no request"},
	} {
		requests, problems := readAll(tt.in)
		if diff := cmp.Diff(tt.want, requests); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
		for item := range Items(strings.NewReader(tt.in), time.Time{}) {
			if ex := item.Exchange; ex != nil {
				_, sized := ex.Request.Get("Content-Length")
				_, host := ex.Request.Get("Host")
				if sized != (ex.Request.Body.Size() > 0 && !ex.Request.Chunked) || !host {
					t.Errorf("%s: the fields are %v", tt.name, ex.Request.Fields)
				}
			}
		}
		if got := strings.Join(problems, "; "); !strings.Contains(got, tt.problem) || (got == "") != (tt.problem == "") {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.problem)
		}
	}
}

// TestHTTPFileReadsBack: what creel writes it reads, or says what is not there;
// never is another request read.
func TestHTTPFileReadsBack(t *testing.T) {
	f, _ := Find("http")
	whole := 0
	try := func(ex *capture.Exchange) {
		t.Helper()
		out, _, err := f.One(context.Background(), ex, Options{WithSecrets: true})
		if err != nil {
			t.Fatal(err)
		}
		list, err := Read(out, time.Time{})
		if err != nil {
			if !strings.Contains(string(out), "# left out") && !strings.Contains(string(out), "# not possible") {
				t.Errorf("%v\n%q", err, out)
			}
			return
		}
		whole++
		if got, want := describe(list[0]), describe(&capture.Exchange{Request: ex.Request}); got != want {
			t.Errorf("%q\nread back as\n%q\nfrom %q", want, got, out)
		}
	}
	for _, odd := range append(bodies(), "{{x}}", "# left out: x", "> x", "a\n\n\nb", "\n\nx", " x ", "// x") {
		ex := requestTo("example.com:8080", odd)
		try(ex)
		ex = requestTo("example.com:8080", "x")
		if !strings.ContainsAny(odd, "\r\n") {
			ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-Odd2", Value: strings.Trim(odd, " \t")}, capture.Field{Name: "#x", Value: "1"})
		}
		try(ex)
		ex = requestTo("example.com:8080", "x")
		ex.Request.Target += odd
		try(ex)
	}
	lines := requestTo("example.com", "--B\n\nx\n--B--") // a body that editors would change
	lines.Request.Fields = append(lines.Request.Fields, capture.Field{Name: "Content-Type", Value: "multipart/mixed; boundary=B"})
	try(lines)
	basic := requestTo("example.com", "x")
	basic.Request.Fields = append(basic.Request.Fields, capture.Field{Name: "Authorization", Value: "Basic a:b"})
	try(basic)
	if whole < 40 {
		t.Errorf("only %d were read", whole)
	}
}

// What cannot be written does not keep what follows from being read.
func TestHTTPFileWithWhatIsNotPossible(t *testing.T) {
	f, _ := Find("http")
	ping, post := requestTo("example.com", ""), requestTo("example.com", "x")
	ping.Request.Method, ping.Request.Target = "OPTIONS", "*"
	var b strings.Builder
	all := func(yield func(*capture.Exchange, error) bool) { _ = yield(ping, nil) && yield(post, nil) }
	if _, err := f.Write(t.Context(), &b, all, Options{WithSecrets: true}); err != nil {
		t.Fatal(err)
	}
	list, err := Read([]byte(b.String()), time.Time{})
	if err != nil || len(list) != 1 || describe(list[0]) != describe(&capture.Exchange{Request: post.Request}) {
		t.Errorf("%d requests, %v from\n%s", len(list), err, b.String())
	}
}

func TestRawHTTPFoldsAndRefuses(t *testing.T) {
	requests, problems := readAll("POST /f HTTP/1.1\r\nHost: x\r\nX-Fold: a\r\n  b\r\n\tc \r\nContent-Length: 2\r\n\r\nhi")
	if want := []string{"POST http://x/f [X-Fold: a b c] hi"}; cmp.Diff(want, requests) != "" || problems != nil {
		t.Errorf("%q %q", requests, problems)
	}
	for in, want := range map[string]bool{
		"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi":                            false,
		"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nhi":                            true,
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhi":              true,
		"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n": false,
	} {
		list, err := Read([]byte(in), time.Time{})
		if err != nil || list[0].Request.Incomplete != want {
			t.Errorf("%q: incomplete %v, %v", in, !want, err)
		}
	}
	for _, tt := range []struct{ in, want string }{
		{"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", `request 1: line 3: "nonsense" is not a header field`},
		{"GET / HTTP/1.1\r\n folded\r\n\r\n", `line 2: " folded" is not a header field`},
		{"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", `Content-Length "-1" is not a number`},
		{"GET / HTTP/1.1\r\n: x\r\n\r\n", "a header field has no name"},
	} {
		if _, problems := readAll(tt.in); !strings.Contains(strings.Join(problems, ""), tt.want) {
			t.Errorf("%q: %q", tt.in, problems)
		}
	}
}

func TestBodiesThatAHTTPFileHolds(t *testing.T) {
	for body, want := range map[string]bool{
		"x": true, "a\n\nb": true, "\tx": true, "x\n": false, "a\r\nb": false, "\xff": false, "a\n### b": false, "< f": false, "> f": false,
		"@a=b": false, "{{x}}": false, "# left out: x": false, "# x": true, "\u200b": false,
	} {
		if fitsHTTPFile([]byte(body)) != want {
			t.Errorf("%q: %v", body, !want)
		}
	}
}
