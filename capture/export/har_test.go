package export

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"creel/capture"
)

// harSpec says what each object of a HAR 1.2 holds
// (http://www.softwareishard.com/blog/har-12-spec/): names and kinds, ? where
// one may be missing. A kind is string, number, integer, time, an object of this
// table, or, in brackets, an array of it.
var harSpec = map[string]string{
	"file":     "log:log",
	"log":      "version:string creator:creator browser?:creator pages?:[page] entries:[entry] comment?:string",
	"creator":  "name:string version:string comment?:string",
	"entry":    "pageref?:string startedDateTime:time time:number request:request response:response cache:cache timings:timings serverIPAddress?:string connection?:string comment?:string",
	"request":  "method:string url:string httpVersion:string cookies:[cookie] headers:[pair] queryString:[pair] postData?:postData headersSize:integer bodySize:integer comment?:string",
	"response": "status:integer statusText:string httpVersion:string cookies:[cookie] headers:[pair] content:content redirectURL:string headersSize:integer bodySize:integer comment?:string",
	"pair":     "name:string value:string comment?:string",
	"cookie":   "name:string value:string path?:string domain?:string expires?:time httpOnly?:bool secure?:bool comment?:string",
	"postData": "mimeType:string params:[param] text:string comment?:string",
	"param":    "name:string value?:string fileName?:string contentType?:string comment?:string",
	"content":  "size:integer compression?:integer mimeType:string text?:string encoding?:string comment?:string",
	"cache":    "comment?:string",
	"timings":  "blocked?:number dns?:number connect?:number send:number wait:number receive:number ssl?:number comment?:string",
}

// harProblems says where v is not of the kind. Names that begin with an
// underscore are anybody's own.
func harProblems(at, kind string, v any) []string {
	wrong := []string{fmt.Sprintf("%s: %v is no %s", at, v, kind)}
	if of, ok := strings.CutPrefix(kind, "["); ok {
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		var out []string
		for i := range list {
			out = append(out, harProblems(fmt.Sprintf("%s[%d]", at, i), strings.TrimSuffix(of, "]"), list[i])...)
		}
		return out
	}
	spec, isObject := harSpec[kind]
	if !isObject {
		if harScalar(kind, v) {
			return nil
		}
		return wrong
	}
	object, ok := v.(map[string]any)
	if !ok {
		return wrong
	}
	var out []string
	left := maps.Clone(object)
	for member := range strings.FieldsSeq(spec) {
		name, kind, _ := strings.Cut(member, ":")
		name, optional := strings.CutSuffix(name, "?")
		value, ok := object[name]
		if ok {
			out = append(out, harProblems(at+"."+name, kind, value)...)
		} else if !optional {
			out = append(out, at+"."+name+" is missing")
		}
		delete(left, name)
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		if !strings.HasPrefix(name, "_") {
			out = append(out, at+"."+name+" is not in the format")
		}
	}
	return out
}

func harScalar(kind string, v any) bool {
	switch v := v.(type) {
	case string:
		_, err := time.Parse(time.RFC3339Nano, v)
		return kind == "string" || kind == "time" && err == nil
	case json.Number:
		_, err := v.Int64()
		return kind == "number" || kind == "integer" && err == nil
	case bool:
		return kind == "bool"
	}
	return false
}

func TestHARIsHAR(t *testing.T) {
	list := []*capture.Exchange{sample()}
	for _, body := range hostile {
		ex := sample()
		ex.Request.Body, ex.Request.Size = capture.NewBody([]byte(body)), int64(len(body))
		ex.Request.Fields = append(ex.Request.Fields, capture.Field{Name: "X-Odd", Value: body})
		ex.Reply.Body = capture.NewBody([]byte(body))
		list = append(list, ex)
	}
	malformed := &capture.Exchange{ID: 9, Request: capture.Request{Malformed: "no request line", Head: []byte("\x16\x03\x01")}}
	list = append(list, malformed, &capture.Exchange{ID: 10, State: capture.StateGone, Request: capture.Request{Method: "GET", Target: "*"}})
	for _, secrets := range []bool{false, true} {
		var out bytes.Buffer
		_, err := har.Write(context.Background(), &out, func(yield func(*capture.Exchange, error) bool) {
			for _, ex := range list {
				if !yield(ex, nil) {
					return
				}
			}
		}, Options{WithSecrets: secrets})
		if err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(&out)
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		for _, p := range harProblems("", "file", v) {
			t.Error(p)
		}
	}
	if n := len(harProblems("", "file", map[string]any{"log": map[string]any{"version": json.Number("1"), "x": ""}})); n != 4 {
		t.Errorf("the check finds %d of 4 mistakes", n)
	}
}

// browserHAR is how browsers write one: pseudo fields, their own members, and
// entries that are not HTTP.
const browserHAR = `{
  "log": {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "pages": [], "entries": [
    {"_initiator": {"type": "script"}, "startedDateTime": "2026-11-23T10:00:00.123Z", "time": 12.5, "cache": {}, "timings": {"send": 0, "wait": 1, "receive": 2},
     "request": {"method": "POST", "url": "https://example.com/api?x=%2F", "httpVersion": "http/2.0", "cookies": [], "queryString": [],
       "headers": [{"name": ":authority", "value": "example.com"}, {"name": "content-type", "value": "application/json"}],
       "headersSize": -1, "bodySize": 9, "postData": {"mimeType": "application/json", "text": "{\"a\":\"é\"}"}},
     "response": {"status": 200, "statusText": "", "headers": [], "content": {"size": 3, "mimeType": "image/png", "text": "AAEC", "encoding": "base64"}, "_error": null}},
    {"startedDateTime": "2026-11-23T12:00:00.000+02:00", "request": {"method": "POST", "url": "http://h/form", "httpVersion": "HTTP/1.1", "headers": [],
       "postData": {"mimeType": "application/x-www-form-urlencoded", "params": [{"name": "a b", "value": "1&2"}]}}, "response": {"status": 0}},
    {"request": {"method": "GET", "url": "wss://example.com/live", "headers": []}, "response": {"status": 101}},
    {"request": {"method": "GET", "url": "data:text/plain,x", "headers": []}},
    {"request": {"method": "GET", "url": "chrome-extension://abc/x.js", "headers": []}}
  ]}}`

func TestBrowserHAR(t *testing.T) {
	list, err := Read([]byte("\ufeff"+browserHAR), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, ex := range list {
		body, _ := ex.Request.Body.Bytes(context.Background())
		answer, _ := ex.Reply.Body.Bytes(context.Background())
		got = append(got, fmt.Sprintf("%s tls=%v %s%s %s %d %q %d %q", ex.Request.Method, ex.Request.TLS, ex.Request.Host, ex.Request.Target, ex.Request.Proto, len(ex.Request.Fields), body, ex.Reply.Status, answer))
	}
	want := []string{
		`POST tls=true example.com/api?x=%2F HTTP/2.0 1 "{\"a\":\"é\"}" 200 "\x00\x01\x02"`,
		`POST tls=false h/form HTTP/1.1 0 "a+b=1%262" 0 ""`,
		`GET tls=true example.com/live HTTP/1.1 0 "" 101 ""`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestJSONLinesLaidOutOrGathered(t *testing.T) {
	a, _ := JSONLine(context.Background(), nil, sample())
	var laidOut bytes.Buffer
	if err := json.Indent(&laidOut, a, "", "  "); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]string{
		"laid out": laidOut.String() + "\n" + laidOut.String(),
		"gathered": "[" + string(a) + "," + string(a) + "]",
		"lines":    string(a) + "\n\n" + string(a),
	} {
		list, err := Read([]byte(in), time.Time{})
		if err != nil || len(list) != 2 || list[1].ImportedFrom != 412 || len(list[1].Attempts) != 1 {
			t.Errorf("%s: %d exchanges, %v", name, len(list), err)
		}
	}
}

func TestCurlFormParts(t *testing.T) {
	list, err := Read([]byte(`curl -F name=Zoe -F 'doc="{\"a;b\":1}";type=application/json;filename="d.json"' http://h/`), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	body, _ := list[0].Request.Body.Bytes(context.Background())
	want := "Content-Disposition: form-data; name=\"doc\"; filename=\"d.json\"\r\nContent-Type: application/json\r\n\r\n{\"a;b\":1}\r\n"
	if !strings.Contains(string(body), want) {
		t.Errorf("%q", body)
	}
}

// What is missing of a request is known after an import, too: by creel's own members, or
// by the length.
func TestPartialInHAR(t *testing.T) {
	for _, tt := range []struct{ name, value string }{{"Content-Length", "9"}, {"Transfer-Encoding", "chunked"}} {
		for _, want := range []capture.Request{{Incomplete: true}, {Truncated: true}, {Malformed: "no colon"}} {
			want.Method, want.Target, want.Host, want.Body = "POST", "/", "h", capture.NewBody([]byte("abc"))
			want.Fields = []capture.Field{{Name: "Host", Value: "h"}, {Name: tt.name, Value: tt.value}}
			want.Chunked = tt.value == "chunked"
			out, _, err := har.One(t.Context(), &capture.Exchange{ID: 1, Request: want}, Options{})
			if err != nil {
				t.Fatal(err)
			}
			list, err := Read(out, time.Now())
			if err != nil || len(list) != 1 {
				t.Fatalf("%v %v", list, err)
			}
			got := &list[0].Request
			if got.Truncated != want.Truncated || got.Malformed != want.Malformed || want.Incomplete && !got.Incomplete {
				t.Errorf("%s: %+v, want %+v", tt.name, got, want)
			}
		}
	}
	for data, want := range map[string]bool{
		`"text":"abc"`: true, `"text":"abcdefghij"`: false, `"text":"abcdefghijk"`: false, `"text":""`: true,
		`"params":[{"name":"a"}]`: false, `"text":"a=","params":[{"name":"a"}]`: true,
	} {
		list, err := Read([]byte(`{"log":{"entries":[{"request":{"method":"POST","url":"http://h/","headers":[{"name":"Content-Length","value":"10"}],"postData":{`+data+`}}}]}}`), time.Now())
		if err != nil || list[0].Request.Incomplete != want {
			t.Errorf("%s: %v %v", data, list, err)
		}
	}
}
