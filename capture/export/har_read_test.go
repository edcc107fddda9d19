package export

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

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
		{
			"multipart without a boundary", post(`"mimeType":"multipart/form-data","params":[{"name":"a","value":"1"}]`),
			"POST http://h/ [Content-Type: multipart/form-data; boundary=" + formBoundary + "] --" + formBoundary + "\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--" + formBoundary + "--\r\n", "",
		},
		{"multipart without the file", post(`"mimeType":"multipart/form-data","params":[{"name":"f","fileName":"photo.jpg"}]`), "", `entry 1: request.postData: params: the content of the file "photo.jpg" is not in the HAR`},
		{"query beside the URL", `{"request":{"method":"GET","url":"http://h/a","queryString":[{"name":"a b","value":"1&2"},{"name":"c","value":""}]}}`, "GET http://h/a?a+b=1%262&c=", ""},
		{"query in both", `{"request":{"method":"GET","url":"http://h/a?x=1","queryString":[{"name":"x","value":"1"}]}}`, "GET http://h/a?x=1", ""},
		{"cookies beside the fields", `{"request":{"method":"GET","url":"http://h/","cookies":[{"name":"a","value":"1"},{"name":"b","value":"2"}]}}`, "GET http://h/ [Cookie: a=1; b=2]", ""},
		{"cookies in both", `{"request":{"method":"GET","url":"http://h/","headers":[{"name":"cookie","value":"z=9"}],"cookies":[{"name":"a","value":"1"}]}}`, "GET http://h/ [cookie: z=9]", ""},
		{"blanks in the URL", `{"request":{"method":"GET","url":"http://h/a b?c=d\te"}}`, "GET http://h/a%20b?c=d%09e", ""},
		{"a blank in the method", `{"request":{"method":"GET /x","url":"http://h/"}}`, "", "entry 1: request.method has a blank or a control character"},
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
		{"{\"log\":{\"entries\":[\n" + goodEntry + ",\n{\"request\":", "line 3: the end of a value is missing: it is cut short"},
		{`{"log":{"entries":[` + goodEntry, "cut short"},
		{`{"logs":{}}`, "the members logs is neither a HAR nor one of"},
	} {
		if _, problems := readAll(tt.in); !strings.Contains(strings.Join(problems, "; "), tt.want) {
			t.Errorf("%s: %q does not say %q", tt.in, problems, tt.want)
		}
	}
}

func TestHARKeepsWhoReplied(t *testing.T) {
	for _, by := range []capture.By{"default", "forward", "rule:a \u202eb", "hold"} {
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

func TestHARTimes(t *testing.T) {
	want := time.Date(2026, 4, 26, 14, 15, 1, 12e6, time.UTC)
	for text, want := range map[string]time.Time{
		`"2026-04-26T14:15:01.012Z"`: want, `"2026-04-26T16:15:01.012+02:00"`: want, `"2026-04-26T16:15:01.012+0200"`: want, `"2026-04-26T14:15:01.012"`: want,
		"1777212901012": want, `"1777212901012"`: want, "1777212901.012": want, `"9999-12-31T23:59:59Z"`: {}, `"0001-01-01T00:00:00Z"`: {}, "1e13": {}, `"yesterday"`: {}, "null": {}, "-5": {}, "1e300": {},
	} {
		list, err := Read([]byte(`{"log":{"entries":[{"startedDateTime":`+text+`,"request":{"method":"GET","url":"http://h/"}}]}}`), time.Time{})
		if err != nil || len(list) != 1 || !list[0].At.Equal(want) {
			t.Errorf("%s: %v %v", text, list, err)
		}
	}
}
