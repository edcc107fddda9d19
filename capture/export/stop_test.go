package export

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// A file of each kind, with two requests that have a body, the first at http://h/.
var ofEachSource = map[string]string{
	"lines":    `{"type":"exchange","method":"POST","target":"/","host":"h"}` + "\n" + `{"type":"exchange","method":"POST","target":"/","host":"h"}`,
	"HAR":      `{"log":{"entries":[` + post(`"text":"abc"`) + "," + post(`"text":"abc"`) + "]}}",
	"Postman":  `{"info":{},"item":[{"item":[{"request":{"method":"POST","url":"http://h/","body":{"mode":"raw","raw":"abc"}}},{"request":"http://h/"}]},{"request":"http://h/"}]}`,
	"ngrok":    `{"requests":[{"request":{"method":"GET","uri":"/"}},{"request":{"method":"GET","uri":"/"}}]}`,
	"GitHub":   `[{"guid":"1","url":"http://h/","request":{"headers":{},"payload":[1]}},{"guid":"1","url":"http://h/","request":{"headers":{},"payload":[1]}}]`,
	"its page": "Request URL: http://h/\nRequest method: POST\nPayload\n[1]\n",
	"raw":      "POST / HTTP/1.1\nHost: h\nContent-Length: 3\n\nabcPOST / HTTP/1.1\nHost: h\nContent-Length: 3\n\nabc",
	"http":     "### a\nPOST http://h/\n\nabc\n\n### b\nPOST http://h/\n\nabc\n",
	"curl":     "curl -d abc h/\ncurl -d abc h/\n",
}

// Whoever wants no more requests of a file is given no more.
func TestReadingStops(t *testing.T) {
	for name, in := range ofEachSource {
		n := 0
		for item, err := range Items(strings.NewReader(in), time.Time{}) {
			if n++; err != nil || item.Exchange == nil {
				t.Errorf("%s: %v", name, err)
			}
			break
		}
		if n != 1 {
			t.Errorf("%s: %d requests", name, n)
		}
	}
}

// A request that says what is to be sent has the fields with which it is: Host in front, and
// the length of a body.
func TestFieldsOfTheirOwn(t *testing.T) {
	for _, name := range []string{"Postman", "GitHub", "its page", "http", "curl"} {
		list, err := Read([]byte(ofEachSource[name]), time.Time{})
		if err != nil {
			t.Fatal(err)
		}
		r := &list[0].Request
		length, _ := r.Get("Content-Length")
		if len(r.Fields) == 0 || r.Fields[0].Name != "Host" || r.Fields[0].Value != "h" || length != fmt.Sprint(r.Body.Size()) || r.Body.Size() == 0 {
			t.Errorf("%s: %+v", name, r.Fields)
		}
	}
}
