package export

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/golden"
)

// oddOnes are exchanges of which each format can say something else.
func oddOnes() []*capture.Exchange {
	odd := sample()
	odd.ID, odd.Sender, odd.Note, odd.Attempts = 413, capture.Sender{}, "", nil
	odd.Request = capture.Request{
		Method: "PUT", Target: "/a b/../c?d='{{e}}'\U000e0041é", Host: "h", Proto: "HTTP/1.1", TLS: true, Exact: true, Chunked: true,
		Fields: []capture.Field{
			{Name: "Host", Value: "other"},
			{Name: "user-agent"},
			{Name: "accept", Value: "*/*"},
			{Name: "X-Bytes", Value: "caf\xe9\xff"},
			{Name: "X-Wide", Value: "é\U000e0041"},
			{Name: "X-Escape", Value: "\x1b[31m"},
			{Name: "X Name", Value: "has a blank"},
			{Name: "X-At", Value: "@file"},
			{Name: "X-Is", Value: "=1"},
			{Name: "X-Colon", Value: ":1"},
			{Name: "X-Place", Value: "{{x}}"},
			{Name: "Transfer-Encoding", Value: "chunked"},
			{Name: "Connection", Value: "keep-alive"},
		},
		Trailers: []capture.Field{{Name: "X-Sum", Value: "1"}},
		Body:     capture.NewBody(bytes.Repeat([]byte("\x00\n\xff'\"\\0"), 4)), Size: 28,
	}
	odd.Reply = capture.Reply{}
	odd.State = capture.StateGone
	text := sample()
	text.ID, text.Sender.Event = 414, ""
	text.Request.Proto, text.Request.Chunked, text.Request.Trailers = "HTTP/2.0", true, nil
	text.Request.Fields = []capture.Field{{Name: "X-Tab", Value: "a\tb"}}
	text.Request.Target, text.Request.Host = "http://elsewhere/x?y", ""
	text.Request.Body = capture.NewBody([]byte("< it's\n\"two\" lines \\ \u2028é\U000e0041```"))
	text.Reply.Fields = []capture.Field{{Name: "Content-Type", Value: "application/problem+json"}}
	text.Reply.Body = capture.NewBody(bytes.Repeat([]byte{0xff}, 20))
	list := []*capture.Exchange{sample(), odd, text}
	for i, r := range []capture.Request{
		{Method: "GET", Target: "/", Host: "h", Proto: "HTTP/1.1", Exact: true, Body: capture.NewBody([]byte("of a GET")), Size: 8},
		{Method: "HEAD", Target: "/./x", Host: "h", Proto: "HTTP/1.0", Exact: true},
		{Method: "TRACE", Target: "*", Host: "h", Proto: "HTTP/1.1", Exact: true},
		{Method: "get", Target: "x", Host: "h", Proto: "HTTP/1.1", Exact: true},
		{Method: "CONNECT", Target: "h:1", Host: "h", Proto: "HTTP/1.1", Exact: true},
		{Method: "POST", Target: "/", Host: "h", Proto: "HTTP/1.1", Exact: true, Truncated: true, Chunked: true, Body: capture.NewBody([]byte("the begin")), Size: 99},
		{Method: "POST", Target: "/", Host: "h", Proto: "HTTP/1.1", Exact: true, TLS: true},
		{Method: "BAD METHOD#", Target: "/\x7f", Host: "h", Proto: "HTTP/1.1", Malformed: "two blanks", Head: []byte("BAD METHOD# /\x7f HTTP/1.1\r\n\r\n")},
	} {
		list = append(list, &capture.Exchange{ID: capture.ID(420 + i), At: time.Unix(1_800_000_000, 0), State: capture.StateWaiting, Request: r})
	}
	return list
}

// Each format writes what it wrote: what a request is, what is left out of it and why, what
// is masked, in one file. Look at the difference after -update.
func TestFormatsAsWritten(t *testing.T) {
	for _, f := range Formats() {
		t.Run(f.Name, func(t *testing.T) {
			var out bytes.Buffer
			opt := Options{Aside: func(name string, _ []byte) (string, error) { return "./dir/" + name, nil }}
			res, err := f.Write(context.Background(), &out, func(yield func(*capture.Exchange, error) bool) {
				for _, ex := range oddOnes() {
					if !yield(ex, nil) {
						return
					}
				}
			}, opt)
			if err != nil || res.Count+len(res.LeftOut) != len(oddOnes()) || res.Gone != 0 || !f.Exact && res.LeftOut != nil {
				t.Errorf("%d written, %d gone, %v", res.Count, res.Gone, err)
			}
			got := out.String()
			if f.Exact { // it has bytes that no editor shows
				var b strings.Builder
				for line := range strings.Lines(got) {
					b.WriteString(strconv.QuoteToASCII(line) + "\n")
				}
				got = b.String()
			}
			golden.File(t, filepath.Join("written", f.Name+".txt"), got)
		})
	}
}

// A file beside that cannot be written ends the export.
func TestNoFileBeside(t *testing.T) {
	ex := sample()
	ex.Request.Body = capture.NewBody(bytes.Repeat([]byte{0xff}, maxPrintf+1))
	full := errors.New("no space left")
	for _, f := range Formats() {
		taken := false
		_, _, err := f.One(t.Context(), ex, Options{Aside: func(string, []byte) (string, error) {
			taken = true
			return "", full
		}})
		if errors.Is(err, full) != taken {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}

// A report shows the first bytes of a body that is no text, and says how many there are
// where that is not all.
func TestReportsOfBinaryBodies(t *testing.T) {
	for size, want := range map[int]string{1024: "", 1025: "The first 1024 of 1025 bytes.\n"} {
		ex := &capture.Exchange{Request: capture.Request{Method: "GET", Target: "/", Body: capture.NewBody(bytes.Repeat([]byte{0xff}, size))}}
		out, _, err := markdown.One(t.Context(), ex, Options{})
		if lines := strings.Count(string(out), " ff  |"); err != nil || lines != 64 || strings.Contains(string(out), "The first") != (want != "") || !strings.Contains(string(out), want) {
			t.Errorf("%d bytes: %d lines, %v\n%s", size, lines, err, out)
		}
	}
}
