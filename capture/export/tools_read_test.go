package export

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

const githubPage = "Request URL: https://example.com/hook?x=1\nRequest method: POST\nAccept: */*\nContent-Type: %s\nUser-Agent: GitHub-Hookshot/0ba8b5f\nX-GitHub-Delivery: 72d3162e\nX-GitHub-Event: ping\n%s{\n  \"zen\": \"It's <b>.\",\n  \"n\": 1e2\n}\n"

func TestGitHubRecentDeliveries(t *testing.T) {
	fields := " [Accept: */*] [Content-Type: %s] [User-Agent: GitHub-Hookshot/0ba8b5f] [X-GitHub-Delivery: 72d3162e] [X-GitHub-Event: ping] "
	for name, tt := range map[string]struct{ contentType, between, body string }{
		"JSON":         {"application/json", "Payload\n", `{"zen":"It's <b>.","n":1e2}`},
		"blank":        {"application/json", "\n", `{"zen":"It's <b>.","n":1e2}`},
		"form":         {"application/x-www-form-urlencoded", "\nPayload\n\n", "payload=" + formEscape(`{"zen":"It's <b>.","n":1e2}`)},
		"the response": {"application/json", "Payload\n", `{"zen":"It's <b>.","n":1e2}`},
	} {
		in := fmt.Sprintf("Request\nResponse 200\nCompleted in 0.06 seconds.\nHeaders\n"+githubPage, tt.contentType, tt.between)
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
	pending := strings.Replace(githubDelivery, `"status_code": 202`, `"status_code": 0`, 1)
	if list, err := Read([]byte(pending), time.Time{}); err != nil || list[0].Reply.Status != 0 || list[0].State != capture.StateImported {
		t.Errorf("not answered: %+v, %v", list[0], err)
	}
	for in, want := range map[string]string{
		`{"guid":"x","request":{"headers":{},"payload":null}}`:              "request.payload is missing",
		`{"guid":"x","request":{"headers":{}}}`:                             "request.payload is missing",
		`{"guid":"x","request":null}`:                                       "request.payload is missing",
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
	requests, problems = readAll(`{"requests":[{"request":{"raw":"%"}},{},{"request":{"method":"GET"}},5,` + one + `,{"request":{"method":"GET","uri":"/x"},"response":{"status_code":99}},{"request":{"uri":"/x"}}]}`)
	if diff := cmp.Diff([]string{want[0], "GET http:///x"}, requests); diff != "" { // a status that cannot be is no reply
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		"request 1: request.raw is not valid base64", "request 2: request is missing", "request 3: request.raw is missing",
		"request 4: the value: a number does not belong there", "request 7: request.raw is missing",
	}, problems); diff != "" {
		t.Error(diff)
	}
}

const postmanCollection = `{"info":{"name":"c","schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
 "variable":[{"key":"base","value":"https://api.example.com"},{"key":"v","value":"{{n}}"},{"key":"n","value":1},{"key":"other","value":"http://h","disabled":true}],
 "auth":{"type":"bearer","bearer":[{"key":"token","value":"t{{n}}","type":"string"}]},
 "item":[
  {"name":"folder","item":[
   {"name":"json","request":{"method":"POST","header":[{"key":"X-A","value":"{{v}}"},{"key":"X-B","value":"off","disabled":true}],"url":{"raw":"{{base}}/x?y=%2F","host":["{{base}}"]},"body":{"mode":"raw","raw":"{\"a\": {{n}}}","options":{"raw":{"language":"json"}}}}},
   {"name":"none","request":{"auth":{"type":"noauth"},"method":"GET","url":"http://h/n"}}]},
  {"name":"form","request":{"auth":{"type":"basic","basic":[{"key":"username","value":"u"},{"key":"password","value":"p"}]},"method":"PUT","url":{"raw":"h/f"},"header":"A: b\nC: d","body":{"mode":"urlencoded","urlencoded":[{"key":"a b","value":"c&"},{"key":"x","value":"y","disabled":true}]}}},
  {"name":"parts","request":{"auth":{"type":"apikey","apikey":{"key":"k","value":"v w","in":"query"}},"method":"POST","url":"http://h/p","body":{"mode":"formdata","formdata":[{"key":"a","value":"1","type":"text"}]}}},
  {"name":"ql","request":{"auth":null,"method":"POST","url":"http://h/q","header":[{"key":"Content-Type","value":"application/json"}],"body":{"mode":"graphql","graphql":{"query":"{ a }","variables":"{\"x\":1}"}}}},
  {"name":"in parts","request":{"auth":{"type":"noauth"},"method":"GET","url":{"protocol":"https","host":["api","example","com"],"port":"8443","path":["a",":id","b"],"query":[{"key":"x","value":"1"},{"key":"y","value":"2","disabled":true},{"key":"z","value":null},{"key":"e","value":""},{"key":"n","value":5}],"variable":[{"key":"id","value":"7"}]}}},
  {"name":"locked","auth":{"type":"bearer","bearer":{"token":"own"}},"item":[{"name":"off","request":{"method":"POST","url":"http://h/off","body":{"mode":"raw","raw":"x","disabled":true}}}]},
  {"name":"unset","request":{"method":"GET","url":"{{other}}/x"}},
  {"name":"file","request":{"method":"POST","url":"http://h/","body":{"mode":"file","file":{"src":"/etc/passwd"}}}},
  {"name":"file part","request":{"method":"POST","url":"http://h/","body":{"mode":"formdata","formdata":[{"key":"a","type":"file","src":"/etc/passwd"}]}}},
  {"name":"oauth","request":{"auth":{"type":"oauth2","oauth2":[]},"method":"POST","url":"http://h/"}},
  {"name":"signed","request":{"auth":{"type":"awsv4","awsv4":[]},"method":"POST","url":"http://h/"}},
  {"name":"no URL","request":{"method":"POST"}},
  {"name":"odd","request":{"method":"POST","url":5,"header":7}},
  {"name":"alone","request":"http://h/alone"}]}`

// Postman sends a blank in a URL escaped.
// What collections have besides: segments as objects, a form as text, tokens of OAuth 2.
func TestPostmanOtherSpellings(t *testing.T) {
	requests, problems := readAll(`{"info":{"schema":"https://schema.getpostman.com/json/collection/v2.0.0/collection.json"},"item":[
  {"request":{"method":"GET","url":{"protocol":"http","host":"h","path":[{"type":"string","value":"a"},"b",{"value":"c"}]}}},
  {"request":{"method":"POST","url":"http://h/f","body":{"mode":"urlencoded","urlencoded":"a=1&b=%20"}}},
  {"request":{"auth":{"type":"oauth2","oauth2":{"accessToken":"t","headerPrefix":"Token"}},"method":"GET","url":"http://h/o"}},
  {"request":{"auth":{"type":"oauth2","oauth2":[{"key":"accessToken","value":"t"}]},"method":"GET","url":"http://h/o"}},
  {"request":{"auth":{"type":"oauth2","oauth2":{"accessToken":"t/","addTokenTo":"queryParams"}},"method":"GET","url":"http://h/o?x"}}]}`)
	if want := []string{
		"GET http://h/a/b/c",
		"POST http://h/f [Content-Type: application/x-www-form-urlencoded] a=1&b=%20",
		"GET http://h/o [Authorization: Token t]",
		"GET http://h/o [Authorization: Bearer t]",
		"GET http://h/o?x&access_token=t%2F",
	}; cmp.Diff(want, requests) != "" || problems != nil {
		t.Errorf("%q %q", requests, problems)
	}
}

// A byte order mark says that a file is in UTF-16, as PowerShell writes it.
func TestReadUTF16(t *testing.T) {
	for _, in := range []string{"GET /ü HTTP/1.1\r\nHost: h\r\n\r\n", "curl -X GET http://h/ -H 'A: ü'", "### a\nGET http://h/ü\n", "{\"log\":{\"entries\":[{\"request\":{\"method\":\"GET\",\"url\":\"http://h/ü\"}}]}}", "### a\nGET http://h/ü\n"} {
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			file := []byte{}
			for _, unit := range utf16.Encode([]rune("\ufeff" + in)) {
				file = order.AppendUint16(file, unit)
			}
			requests, problems := readAll(string(file))
			if len(requests) != 1 || !strings.HasPrefix(requests[0], "GET http://h/") || !strings.Contains(requests[0], "ü") || problems != nil {
				t.Errorf("%v %q: %q %q", order, in, requests, problems)
			}
		}
	}
}

func TestPostmanEscapesBlanks(t *testing.T) {
	requests, problems := readAll(`{"info":{"schema":"https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},"item":[{"request":{"method":"GET","url":{"raw":"http://h/a b?x=y z"}}}]}`)
	if want := []string{"GET http://h/a%20b?x=y%20z"}; cmp.Diff(want, requests) != "" || problems != nil {
		t.Errorf("%q %q", requests, problems)
	}
}

func TestPostman(t *testing.T) {
	requests, problems := readAll(postmanCollection)
	want := []string{
		`POST https://api.example.com/x?y=%2F [X-A: 1] [Authorization: Bearer t1] [Content-Type: application/json] {"a": 1}`,
		"GET http://h/n",
		"PUT http://h/f [A: b] [C: d] [Authorization: Basic dTpw] [Content-Type: application/x-www-form-urlencoded] a+b=c%26",
		"POST http://h/p?k=v+w [Content-Type: multipart/form-data; boundary=" + formBoundary + "] --" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--" + formBoundary + "--\r\n",
		`POST http://h/q [Content-Type: application/json] [Authorization: Bearer t1] {"query":"{ a }","variables":{"x":1}}`,
		"GET https://api.example.com:8443/a/7/b?x=1&z&e=&n=5",
		"POST http://h/off [Authorization: Bearer own]",
		"GET http://h/alone [Authorization: Bearer t1]",
	}
	if diff := cmp.Diff(want, requests); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{
		`request "unset": {{other}} is a variable that the collection gives no value`,
		`request "file": body: "file" is not read: its content is not in the collection`,
		`request "file part": body: the content of the file for "a" is not in the collection`,
		`request "oauth": auth: the access token of oauth2 is not in the collection`,
		`request "signed": auth: what "awsv4" would send is not worked out`,
		`request "no URL": url is missing`,
		`request "odd": header: it is not names and values`,
	}, problems); diff != "" {
		t.Error(diff)
	}
	if inAnswer, _ := readAll(`{"collection":` + postmanCollection + `}`); !slices.Equal(inAnswer, want) {
		t.Errorf("as the API gives it: %q", inAnswer)
	}
	for in, want := range map[string]string{
		`{"collection":{"info":{}}}`: "the collection has no item",
		`{"collection":5}`:           "the collection has no item",
		`{"info":{},"item":5}`:       "item: a number does not belong there",
		`{"id":"1","name":"c","order":["r"],"requests":[{"id":"r","url":"http://h/","method":"GET"}]}`: "export it as Collection v2.1",
	} {
		if requests, problems := readAll(in); len(requests) > 0 || !strings.Contains(strings.Join(problems, ""), want) {
			t.Errorf("%s: %q %q", in, requests, problems)
		}
	}
	if _, problems := readAll(`{"info":{},"variable":[{"key":"a","value":"{{a}}{{a}}"}],"item":[{"name":"x","request":"{{a}}"}]}`); len(problems) != 1 || !strings.Contains(problems[0], "stands for itself") {
		t.Error(problems)
	}
	huge := `{"info":{},"variable":[{"key":"a","value":"` + strings.Repeat("x", 1<<20) + `"}],"item":[{"name":"x","request":"` + strings.Repeat("{{a}}", 1<<17) + `"}]}`
	if _, problems := readAll(huge); len(problems) != 1 || !strings.Contains(problems[0], "too large") {
		t.Errorf("%.200q", problems)
	}
}
