package export

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// readAll returns what a file gives, each request on a line, and the errors.
func readAll(in string) (requests, problems []string) {
	for item, err := range Items(strings.NewReader(in), time.Unix(0, 0)) {
		if err != nil {
			problems = append(problems, err.Error())
			continue
		}
		if ex := item.Exchange; ex != nil {
			requests = append(requests, describe(ex))
		}
	}
	return requests, problems
}

func describe(ex *capture.Exchange) string {
	r := &ex.Request
	scheme := "http"
	if r.TLS {
		scheme = "https"
	}
	s := fmt.Sprintf("%s %s://%s%s", r.Method, scheme, r.Host, r.Target)
	for _, f := range r.Fields {
		if f.Name != "Host" && f.Name != "Content-Length" {
			s += fmt.Sprintf(" [%s: %s]", f.Name, f.Value)
		}
	}
	if r.Body.Size() > 0 {
		s += " " + bodyText(r.Body)
	}
	if ex.Reply.Status != 0 {
		s += fmt.Sprintf(" -> %d %s", ex.Reply.Status, bodyText(ex.Reply.Body))
	}
	return s
}

const goodEntry = `{"request":{"method":"POST","url":"http://h/good","headers":[],"postData":{"text":"g"}},"response":{"status":200,"content":{"text":"ok"}}}`

// TestOddHAREntries: entries as tools write them. The one beside them is always
// read.
func TestOddHAREntries(t *testing.T) {
	for _, tt := range []struct{ name, entry, want, problem string }{
		{"number as a header value", `{"request":{"method":"POST","url":"http://h/","headers":[{"name":"X","value":5},{"name":"Y","value":true},{"name":"Z","value":null}]}}`, "POST http://h/ [X: 5] [Y: true] [Z: ]", ""},
		{"headers as an object", `{"request":{"method":"GET","url":"http://h/","headers":{"B":"1","A":["2","3"]}}}`, "GET http://h/ [B: 1] [A: 2] [A: 3]", ""},
		{"header lines joined", `{"request":{"method":"GET","url":"http://h/","headers":[{"name":"X","value":"a\nb"}]}}`, "GET http://h/ [X: a] [X: b]", ""},
		{"status as text", `{"request":{"method":"GET","url":"http://h/"},"response":{"status":"404","content":{"text":"no"}}}`, "GET http://h/ -> 404 no", ""},
		{"status as words", `{"request":{"method":"GET","url":"http://h/"},"response":{"status":"ok"}}`, "GET http://h/", ""},
		{"status out of range", `{"request":{"method":"GET","url":"http://h/"},"response":{"status":1e9}}`, "GET http://h/", ""},
		{"time as text", `{"startedDateTime":5,"time":"12.5","request":{"method":"GET","url":"http://h/"},"response":{"status":200}}`, "GET http://h/ -> 200 ", ""},
		{"response that is no base64", `{"request":{"method":"GET","url":"http://h/"},"response":{"status":200,"content":{"encoding":"base64","text":"not base64 at all!"}}}`, "GET http://h/ -> 200 not base64 at all!", ""},
		{"everything null", `{"startedDateTime":null,"time":null,"request":{"method":"GET","url":"http://h/","headers":null,"postData":null,"httpVersion":null},"response":null,"cache":null}`, "GET http://h/", ""},
		{"content null", `{"request":{"method":"GET","url":"http://h/"},"response":{"status":204,"headers":null,"content":null}}`, "GET http://h/ -> 204 ", ""},
		{"body as a number", `{"request":{"method":"POST","url":"http://h/","postData":{"text":12}}}`, "POST http://h/ 12", ""},
		{"base64, encoding", post(`"encoding":"base64","text":"eyJhIjoxfQ=="`), `POST http://h/ {"a":1}`, ""},
		{"base64, _encoding", post(`"_encoding":"base64","text":"eyJhIjoxfQ=="`), `POST http://h/ {"a":1}`, ""},
		{"base64, no padding", post(`"encoding":"BASE64","text":"eyJhIjoxfQ"`), `POST http://h/ {"a":1}`, ""},
		{"base64, lines", post(`"encoding":"base64","text":"eyJh\r\nIjox\nfQ=="`), `POST http://h/ {"a":1}`, ""},
		{"base64, of URLs", post(`"encoding":"base64","text":"Pz8_"`), `POST http://h/ ???`, ""},
		{"no base64", post(`"encoding":"base64","text":"%%%"`), "", "entry 1: request.postData: text: it is not valid base64"},
		{"unknown encoding", post(`"encoding":"rot13","text":"x"`), "", `entry 1: request.postData: encoding: "rot13" is unknown`},
		{"form in params", post(`"mimeType":"application/x-www-form-urlencoded","params":[{"name":"a b","value":"1&2"},{"name":"c"}]`), "POST http://h/ a+b=1%262&c=", ""},
		{
			"multipart in params", `{"request":{"method":"POST","url":"http://h/","headers":[{"name":"Content-Type","value":"multipart/form-data; boundary=\"x\""}],"postData":{"params":[{"name":"a","value":"1"},{"name":"f","value":"D","fileName":"f.txt","contentType":"text/plain"}]}}}`,
			"POST http://h/ [Content-Type: multipart/form-data; boundary=\"x\"] --x\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--x\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f.txt\"\r\nContent-Type: text/plain\r\n\r\nD\r\n--x--\r\n", "",
		},
		{"multipart without the file", post(`"mimeType":"multipart/form-data","params":[{"name":"f","fileName":"photo.jpg"}]`), "", `entry 1: request.postData: params: the content of the file "photo.jpg" is not in the HAR`},
		{"no request", `{"response":{}}`, "", "entry 1: request is missing"},
		{"null", `null`, "", "entry 1: request is missing"},
		{"a string", `"x"`, "", "entry 1: the value: a string does not belong there"},
		{"no URL", `{"request":{"method":"GET"}}`, "", "entry 1: request.url is missing"},
		{"no method", `{"request":{"url":"http://h/"}}`, "", "entry 1: request.method is missing"},
		{"request is a list", `{"request":[]}`, "", "entry 1: request: an array does not belong there"},
		{"header is a list", `{"request":{"method":"GET","url":"http://h/","headers":[1]}}`, "", "entry 1: headers: they are not names and values"},
		{"value is an object", `{"request":{"method":"GET","url":"http://h/","headers":[{"name":"a","value":{}}]}}`, "", "entry 1: headers: they are not names and values"},
		{"not HTTP", `{"request":{"method":"GET","url":"data:x"}}`, "", ""},
	} {
		for _, top := range []string{`{"log":{"version":"1.2","entries":[%s,` + goodEntry + `]}}`, `{"_comment":"made by a tool","x":{"log":1},"log":{"pages":[],"entries":[%s,` + goodEntry + `],"comment":""},"y":1}`} {
			requests, problems := readAll(fmt.Sprintf(top, tt.entry))
			want := []string{"POST http://h/good g -> 200 ok"}
			if tt.want != "" {
				want = append([]string{tt.want}, want...)
			}
			if diff := cmp.Diff(want, requests); diff != "" {
				t.Errorf("%s: %s", tt.name, diff)
			}
			if got := strings.Join(problems, "; "); got != tt.problem {
				t.Errorf("%s: %q, want %q", tt.name, got, tt.problem)
			}
			for _, p := range problems {
				if strings.Contains(p, "json:") || strings.Contains(p, "Go ") || strings.Contains(p, "export.") {
					t.Errorf("%s: speaks of the program's insides: %s", tt.name, p)
				}
			}
		}
	}
}

func post(data string) string {
	return `{"request":{"method":"POST","url":"http://h/","headers":[],"postData":{` + data + `}}}`
}

func TestHARThatIsNone(t *testing.T) {
	for _, tt := range []struct{ in, want string }{
		{`{"log":null}`, "the HAR has no entries"},
		{`{"log":{}}`, "log.entries is missing"},
		{`{"log":{"entries":[]}}`, "no entry that is an HTTP request"},
		{`{"log":{"entries":{}}}`, "line 1"},
		{`{"log":5}`, "an object is expected"},
		{"{\"log\":{\"entries\":[\n" + goodEntry + ",\n{\"request\":", "line 3: the file ends within a value: it is cut short"},
		{`{"log":{"entries":[` + goodEntry, "cut short"},
		{`{"logs":{}}`, "the members logs is neither a HAR nor one of"},
	} {
		if _, problems := readAll(tt.in); !strings.Contains(strings.Join(problems, "; "), tt.want) {
			t.Errorf("%s: %q does not say %q", tt.in, problems, tt.want)
		}
	}
}

func TestHARKeepsWhoReplied(t *testing.T) {
	for _, by := range []string{"default", "forward", "rule:a \u202eb", "hold"} {
		ex := sample()
		ex.Reply.By, ex.Reply.Fault = by, "drip"
		out, _, err := har.One(context.Background(), ex, Options{WithSecrets: true})
		if err != nil {
			t.Fatal(err)
		}
		list, err := Read(out, time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(ex.Reply, list[0].Reply, compareBodies); diff != "" {
			t.Error(diff)
		}
		if !list[0].At.Equal(ex.At) {
			t.Errorf("at %v, want %v", list[0].At, ex.At)
		}
	}
	if list, err := Read([]byte(`{"log":{"entries":[`+goodEntry+`]}}`), time.Time{}); err != nil || list[0].Reply.By != "" {
		t.Errorf("by %q of a file that does not say it, %v", list[0].Reply.By, err)
	}
}

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
		{"not a field", "GET http://h/\nnonsense\n", nil, `line 2: "nonsense" is not a header field`},
		{"not a URL", "### a\nGET ftp://h/\n", nil, "line 2: URL"},
		{"nothing", "### a\n# b\n@c=1\n", nil, "no request"},
	} {
		requests, problems := readAll(tt.in)
		if diff := cmp.Diff(tt.want, requests); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
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
	if whole < 40 {
		t.Errorf("only %d were read", whole)
	}
}

func TestRawHTTPFoldsAndRefuses(t *testing.T) {
	requests, problems := readAll("POST /f HTTP/1.1\r\nHost: x\r\nX-Fold: a\r\n  b\r\n\tc \r\nContent-Length: 2\r\n\r\nhi")
	if want := []string{"POST http://x/f [X-Fold: a b c] hi"}; cmp.Diff(want, requests) != "" || problems != nil {
		t.Errorf("%q %q", requests, problems)
	}
	for _, tt := range []struct{ in, want string }{
		{"GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n", `request 1: line 3: "nonsense" is not a header field`},
		{"GET / HTTP/1.1\r\n folded\r\n\r\n", `line 2: " folded" is not a header field`},
		{"GET / HTTP/1.1\r\n: x\r\n\r\n", "a header field has no name"},
	} {
		if _, problems := readAll(tt.in); !strings.Contains(strings.Join(problems, ""), tt.want) {
			t.Errorf("%q: %q", tt.in, problems)
		}
	}
}

const githubPage = "Request URL: https://example.com/hook?x=1\nRequest method: POST\nAccept: */*\nContent-Type: %s\nUser-Agent: GitHub-Hookshot/0ba8b5f\nX-GitHub-Delivery: 72d3162e\nX-GitHub-Event: ping\n%s{\n  \"zen\": \"It's <b>.\",\n  \"n\": 1e2\n}\n"

func TestGitHubRecentDeliveries(t *testing.T) {
	fields := " [Accept: */*] [Content-Type: %s] [User-Agent: GitHub-Hookshot/0ba8b5f] [X-GitHub-Delivery: 72d3162e] [X-GitHub-Event: ping] "
	for name, tt := range map[string]struct{ contentType, between, body string }{
		"JSON":         {"application/json", "Payload\n", `{"zen":"It's <b>.","n":1e2}`},
		"blank":        {"application/json", "\n", `{"zen":"It's <b>.","n":1e2}`},
		"form":         {"application/x-www-form-urlencoded", "\nPayload\n\n", "payload=" + formEscape(`{"zen":"It's <b>.","n":1e2}`)},
		"the response": {"application/json", "Payload\n", `{"zen":"It's <b>.","n":1e2}`},
	} {
		in := fmt.Sprintf("Headers\n"+githubPage, tt.contentType, tt.between)
		if name == "the response" {
			in += "Response 200\nHeaders\nContent-Length: 2\nBody\nok\n"
		}
		requests, problems := readAll(in)
		want := []string{"POST https://example.com/hook?x=1" + fmt.Sprintf(fields, tt.contentType) + tt.body}
		if diff := cmp.Diff(want, requests); diff != "" || problems != nil {
			t.Errorf("%s: %s %q", name, diff, problems)
		}
	}
	if _, problems := readAll(fmt.Sprintf(githubPage, "a", "What is this\n")); !strings.Contains(strings.Join(problems, ""), `delivery 1: "What is this" is neither`) {
		t.Error(problems)
	}
	if _, problems := readAll("Request URL: http://h/\nA: b\n"); !strings.Contains(strings.Join(problems, ""), "the payload is missing") {
		t.Error(problems)
	}
}

const githubDelivery = `{"id": 12345678, "guid": "0b989ba4", "delivered_at": "2026-11-23T13:37:00Z", "redelivery": false, "duration": 0.27, "status": "OK", "status_code": 202,
 "event": "issues", "action": "opened", "url": "https://www.example.com/hook", "request": {"headers": {"X-GitHub-Event": "issues", "Accept": "*/*", "content-type": "application/json"}, "payload": {"action": "opened", "n": 1.0}},
 "response": {"headers": {"Content-Type": "text/plain"}, "payload": "ok"}}`

func TestGitHubAPI(t *testing.T) {
	want := `POST https://www.example.com/hook [X-GitHub-Event: issues] [Accept: */*] [content-type: application/json] {"action":"opened","n":1.0} -> 202 ok`
	for _, in := range []string{githubDelivery, "[" + githubDelivery + "]"} {
		requests, problems := readAll(in)
		if diff := cmp.Diff([]string{want}, requests); diff != "" || problems != nil {
			t.Error(diff, problems)
		}
	}
	list, _ := Read([]byte(githubDelivery), time.Time{})
	if ex := list[0]; ex.At.Unix() != 1795441020 || ex.Reply.Took != 270*time.Millisecond {
		t.Errorf("at %v took %v", ex.At.Unix(), ex.Reply.Took)
	}
	for in, want := range map[string]string{
		`{"guid":"x","request":{"headers":{},"payload":null}}`:              "request.payload is missing",
		`{"guid":"x","request":{"headers":5,"payload":{}}}`:                 "headers: an object is expected, not a number",
		`{"guid":"x","url":"ftp://h","request":{"headers":{},"payload":1}}`: "not http or https",
	} {
		if _, problems := readAll(in); !strings.Contains(strings.Join(problems, ""), want) {
			t.Errorf("%s: %q", in, problems)
		}
	}
}

func ngrokJSON(raw, response string) string {
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf(`{"uri":"/api/requests/http/airt","id":"airt","tunnel_name":"t","remote_addr":"192.0.2.1","start":"2026-11-23T13:37:00Z","duration":3893202,
	"request":{"method":"POST","proto":"HTTP/1.1","headers":{"Host":["x"]},"uri":"/r","raw":"%s"},"response":{"status":"200 OK","status_code":200,"proto":"HTTP/1.1","headers":{},"raw":"%s"}}`, b64([]byte(raw)), b64([]byte(response)))
}

func TestNgrok(t *testing.T) {
	one := ngrokJSON("POST /raw?x=%2F HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nx-a: 1\r\n\r\na\x00b", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")
	two := ngrokJSON("", "")
	want := []string{"POST http://h/raw?x=%2F [x-a: 1] a\x00b -> 200 ok", "POST http://x/r -> 200 "}
	requests, problems := readAll(`{"uri":"/api/requests/http","requests":[` + one + "," + two + `]}`)
	if diff := cmp.Diff(want, requests); diff != "" || problems != nil {
		t.Error(diff, problems)
	}
	requests, problems = readAll(one)
	if diff := cmp.Diff(want[:1], requests); diff != "" || problems != nil {
		t.Error(diff, problems)
	}
	requests, problems = readAll(`{"requests":[{"request":{"raw":"%"}},{},` + one + `]}`)
	if diff := cmp.Diff(want[:1], requests); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"request 1: request.raw is not valid base64", "request 2: request is missing"}, problems); diff != "" {
		t.Error(diff)
	}
}

const postmanCollection = `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
 "variable":[{"key":"base","value":"https://api.example.com"},{"key":"v","value":"{{n}}"},{"key":"n","value":1}],
 "auth":{"type":"bearer","bearer":[{"key":"token","value":"t{{n}}","type":"string"}]},
 "item":[
  {"name":"folder","item":[
   {"name":"json","request":{"method":"POST","header":[{"key":"X-A","value":"{{v}}"},{"key":"X-B","value":"off","disabled":true}],"url":{"raw":"{{base}}/x?y=%2F","host":["{{base}}"]},"body":{"mode":"raw","raw":"{\"a\": {{n}}}","options":{"raw":{"language":"json"}}}}},
   {"name":"none","request":{"auth":{"type":"noauth"},"method":"GET","url":"http://h/n"}}]},
  {"name":"form","request":{"auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"p"}]},"method":"PUT","url":{"raw":"h/f"},"header":"A: b\nC: d","body":{"mode":"urlencoded","urlencoded":[{"key":"a b","value":"c&"},{"key":"x","value":"y","disabled":true}]}}},
  {"name":"parts","request":{"auth":{"type":"apikey","apikey":{"key":"k","value":"v w","in":"query"}},"method":"POST","url":"http://h/p","body":{"mode":"formdata","formdata":[{"key":"a","value":"1","type":"text"}]}}},
  {"name":"ql","request":{"auth":null,"method":"POST","url":"http://h/q","header":[{"key":"Content-Type","value":"application/json"}],"body":{"mode":"graphql","graphql":{"query":"{ a }","variables":"{\"x\":1}"}}}},
  {"name":"unset","request":{"method":"GET","url":"{{other}}/x"}},
  {"name":"file","request":{"method":"POST","url":"http://h/","body":{"mode":"file","file":{"src":"/etc/passwd"}}}},
  {"name":"file part","request":{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","src":"/etc/passwd"}]}}},
  {"name":"oauth","request":{"auth":{"type":"oauth2","oauth2":[]},"method":"POST","url":"http://h/"}},
  {"name":"no URL","request":{"method":"POST"}},
  {"name":"odd","request":{"method":"POST","url":5,"header":7}},
  {"name":"alone","request":"http://h/alone"}]}`

func TestPostman(t *testing.T) {
	requests, problems := readAll(postmanCollection)
	want := []string{
		`POST https://api.example.com/x?y=%2F [X-A: 1] [Authorization: Bearer t1] [Content-Type: application/json] {"a": 1}`,
		"GET http://h/n",
		"PUT http://h/f [A: b] [C: d] [Authorization: Basic dTpw] [Content-Type: application/x-www-form-urlencoded] a+b=c%26",
		"POST http://h/p?k=v+w [Content-Type: multipart/form-data; boundary=" + formBoundary + "] --" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--" + formBoundary + "--\r\n",
		`POST http://h/q [Content-Type: application/json] [Authorization: Bearer t1] {"query":"{ a }","variables":{"x":1}}`,
		"GET http://h/alone [Authorization: Bearer t1]",
	}
	if diff := cmp.Diff(want, requests); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		`request "unset": {{other}} is a variable that the collection gives no value`,
		`request "file": body: "file" is not read: its content is not in the collection`,
		`request "file part": body: the content of the file for "a" is not in the collection`,
		`request "oauth": auth: what "oauth2" would send is not worked out`,
		`request "no URL": url is missing`,
		`request "odd": header: it is not names and values`,
	}, problems); diff != "" {
		t.Error(diff)
	}
	if _, problems := readAll(`{"info":{},"variable":[{"key":"a","value":"{{a}}{{a}}"}],"item":[{"name":"x","request":"{{a}}"}]}`); len(problems) != 1 || !strings.Contains(problems[0], "stands for itself") {
		t.Error(problems)
	}
}

// TestSourcesAreStreams: nothing of a long file is kept but what is read.
func TestSourcesAreStreams(t *testing.T) {
	line, _ := JSONLine(context.Background(), nil, sample(), false)
	for name, piece := range map[string]string{"lines": string(line) + "\n", "array": string(line) + ",", "har": goodEntry + ","} {
		start, end := "", ""
		switch name {
		case "array":
			start, end = "[", string(line)+"]"
		case "har":
			start, end = `{"log":{"entries":[`, goodEntry+"]}}"
		}
		r := &endless{piece: piece, left: 2000, start: start, end: end}
		n := 0
		for item, err := range Items(r, time.Time{}) {
			if err != nil {
				t.Fatal(name, err)
			}
			if item.Exchange != nil {
				n++
			}
			if ahead := r.read - n*len(piece); ahead > 3<<20 {
				t.Fatalf("%s: %d bytes are read ahead", name, ahead)
			}
			if n == 1500 && name == "lines" {
				break
			}
		}
		if n < 1500 {
			t.Errorf("%s: %d", name, n)
		}
	}
}

type endless struct {
	start, piece, end string
	left, read        int
	buf               string
}

func (e *endless) Read(b []byte) (int, error) {
	if e.buf == "" {
		switch {
		case e.start != "":
			e.buf, e.start = e.start, ""
		case e.left > 0:
			e.buf = e.piece
			e.left--
		case e.end != "":
			e.buf, e.end = e.end, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(b, e.buf)
	e.buf = e.buf[n:]
	e.read += n
	return n, nil
}

func TestOneValueIsBounded(t *testing.T) {
	c := &counter{r: strings.NewReader(`"` + strings.Repeat("x", 100) + `"`), left: 50}
	s := &jsonStream{Decoder: json.NewDecoder(c), counter: c}
	var raw json.RawMessage
	if err := s.Decode(&raw); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Error(err)
	}
}
