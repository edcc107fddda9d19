package export

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

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

// TestSourcesAreStreams: nothing of a long file is kept but what is read.
func TestSourcesAreStreams(t *testing.T) {
	line, _ := JSONLine(context.Background(), nil, sample())
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
	c = &counter{r: strings.NewReader(`"x"`), left: 1}
	s = &jsonStream{Decoder: json.NewDecoder(c), counter: c}
	if err := s.next(&raw); err != nil {
		t.Error("the bound of one value holds for the next:", err)
	}
}

func TestRequestsWithoutATimeGetNow(t *testing.T) {
	now := time.Unix(5, 0)
	for in, want := range map[string]time.Time{
		"curl http://h/": now,
		`{"type":"exchange","method":"GET","target":"/"}`:                             now,
		`{"type":"exchange","method":"GET","target":"/","at":"1970-01-01T00:00:07Z"}`: time.Unix(7, 0),
	} {
		if list, err := Read([]byte(in), now); err != nil || !list[0].At.Equal(want) {
			t.Errorf("%s: %v, %v", in, list, err)
		}
	}
}

func TestOneSourceForEachFile(t *testing.T) {
	for in, want := range map[string]string{
		"\ufeffcurl http://h/":                         "curl command lines",
		"# get\n$ curl http://h/":                      "curl command lines",
		"echo x |\n /usr/bin/curl -d @- http://h/":     "curl command lines",
		"GET /x?a>curl  HTTP/1.1\r\n\r\n":              "raw HTTP",
		"GET http://h/ HTTP/1.1\r\n\r\n":               "raw HTTP",
		"GET http://h/\n":                              "a .http file",
		"POST /x HTTP/1.1\nContent-Length: 4\n\n###\n": "raw HTTP",
		"POST /x HTTP/1.1\n\n###\n":                    "a .http file",
		"// c\nGET /x\n":                               "a .http file",
		"see http://h/":                                "",
		"hello there":                                  "",
		"echo curl":                                    "",
		"[1]":                                          "JSON",
	} {
		got := ""
		start := []byte(strings.TrimPrefix(in, "\ufeff"))
		for _, s := range sources {
			if got == "" && s.is(start) {
				got = s.name
			}
		}
		if got != want {
			t.Errorf("%q is read as %q, want %q", in, got, want)
		}
	}
}
