package edit

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/http/httpguts"

	"creel/capture"
	"creel/capture/body"
)

// What is edited on screen is at most this large; beyond, it is for an editor.
const (
	MaxLines = 10_000
	MaxBytes = 1 << 20
)

// Draft is a request as text: the request line, the header fields, an empty
// line, the body.
type Draft struct {
	req    capture.Request
	body   []byte
	plain  []byte // the body in UTF-8, where it is text in a charset that is known
	text   []byte
	bodyAt int // where in the text the body begins

	laidOut bool // the body in the text is the captured JSON laid out
	binary  bool // the body in the text is a line that stands for it
	charset charset
}

// New makes a draft of a request and its body, neither of which is changed.
func New(req capture.Request, body []byte) *Draft {
	d := &Draft{req: req, body: body}
	if d.plain = body; !compressed(req.Fields) {
		d.plain, d.charset = readText(body, req.Fields)
	}
	var b bytes.Buffer
	b.WriteString(req.Method + " " + req.Target + " HTTP/1.1\n")
	for _, f := range req.Fields {
		b.WriteString(f.Name + ": " + f.Value + "\n")
	}
	b.WriteByte('\n')
	d.bodyAt = b.Len()
	b.Write(d.shownBody())
	d.text = b.Bytes()
	return d
}

// shownBody is the body as it is edited.
func (d *Draft) shownBody() []byte {
	if d.binary = Binary(d.plain, d.req.Fields); d.binary {
		return fmt.Appendf(nil, "(binary body of %d bytes, sent as it is)", len(d.body))
	}
	if oneLine := bytes.TrimSpace(d.plain); len(oneLine) > 2 && !bytes.ContainsAny(oneLine, "\n\r") &&
		(oneLine[0] == '{' || oneLine[0] == '[') && CheckJSON(oneLine) == nil {
		d.laidOut = true
		return layOut(d.plain)
	}
	return d.plain
}

// Text is the text to begin with. It must not be changed.
func (d *Draft) Text() []byte { return d.text }

// BodyAt is where in Text the body begins.
func (d *Draft) BodyAt() int { return d.bodyAt }

// LaidOut reports whether the body is JSON that was captured on one line.
func (d *Draft) LaidOut() bool { return d.laidOut }

// Charset is what the body is written in, and sent in, when the text has it in UTF-8
// for that reason; empty when it is sent as it stands there.
func (d *Draft) Charset() string { return d.charset.name }

// IsBinary reports whether one line stands for the body.
func (d *Draft) IsBinary() bool { return d.binary }

// Damaged reports whether body is the line that stands for a binary body, with
// some of it changed: to send that in place of the body is not meant.
func (d *Draft) Damaged(body []byte) bool {
	shown := d.text[d.bodyAt:]
	if !d.binary || bytes.Equal(body, shown) {
		return false
	}
	head, tail := sameEnds(body, shown)
	return head+tail >= len(shown)/2
}

// TooLarge reports whether the text is for an editor rather than the screen.
func (d *Draft) TooLarge() bool {
	return len(d.text) > MaxBytes || bytes.Count(d.text, []byte("\n")) >= MaxLines
}

// Options say how a text becomes a request. The zero value is the usual.
type Options struct {
	// AsShown sends JSON that was laid out for editing with the white space of
	// the text instead of the captured one.
	AsShown bool
	// Body, when not nil, is sent in place of whatever body the text has.
	Body []byte
}

// Result is a text as a request.
type Result struct {
	Request  capture.Request
	Edited   bool     // it is not the captured request
	SameBody bool     // its body is the captured one
	Notes    []string // what is worth saying, such as a length that was pinned
}

// Build makes a request of an edited text. The error is a *Problem in the head, or a
// character that the charset of the body lacks; a body is not refused for anything else.
// A text that is Text gives the captured request.
func (d *Draft) Build(text []byte, o Options) (Result, error) {
	if bytes.Equal(text, d.text) && !(o.AsShown && d.laidOut) && o.Body == nil {
		return Result{Request: d.req, SameBody: true}, nil
	}
	head, body := SplitHead(text)
	if o.Body == nil && d.Damaged(body) {
		return Result{}, &Problem{Line: firstLine(text, body), Col: 1, Msg: "the line that stands for the binary body was changed: take that back, or put another body in its place"}
	}
	r := Result{Edited: true}
	sent, p := d.sentBody(body, o)
	if p != nil {
		p.Line += firstLine(text, body) - 1
		return Result{}, p
	}
	body = sent
	r.SameBody = bytes.Equal(body, d.body)
	r.Request = d.req
	if err := d.parseHead(&r, string(head)); err != nil {
		return Result{}, err
	}
	req := &r.Request
	req.Host, _ = req.Get("Host")
	req.Chunked = chunked(req.Fields)
	if !req.Chunked {
		req.Trailers = nil
	}
	if !r.SameBody {
		req.Body = capture.NewBody(body)
	}
	req.Size = int64(len(body))
	req.Incomplete, req.Truncated, req.Malformed, req.Head = false, false, "", nil
	r.setLength(len(body))
	return r, nil
}

// SplitHead parts a text at its first empty line.
func SplitHead(text []byte) (head, body []byte) {
	for at := 0; ; {
		i := bytes.IndexByte(text[at:], '\n')
		if i < 0 {
			return bytes.TrimSuffix(text, []byte("\n")), nil
		}
		at += i + 1
		for _, end := range []string{"\n", "\r\n"} {
			if bytes.HasPrefix(text[at:], []byte(end)) {
				return text[:at-1], text[at+len(end):]
			}
		}
	}
}

// firstLine is the line of a text, from 1, in which its body begins.
func firstLine(text, body []byte) int {
	return bytes.Count(text[:len(text)-len(body)], []byte("\n")) + 1
}

// sentBody is the body that is sent for the body of a text.
func (d *Draft) sentBody(body []byte, o Options) ([]byte, *Problem) {
	shown := d.text[d.bodyAt:]
	if o.Body != nil {
		return o.Body, nil
	}
	if bytes.Equal(body, shown) && !d.laidOut {
		return d.body, nil
	}
	if !d.laidOut || o.AsShown {
		return d.charset.write(bytes.Clone(body))
	}
	if _, p := d.charset.write(body); p != nil {
		return nil, p
	}
	return d.charset.write(respace(d.plain, body))
}

// parseHead reads the request line and the fields. A line that was not changed
// gives the captured field.
func (d *Draft) parseHead(r *Result, head string) error {
	lines := strings.Split(head, "\n")
	req := &r.Request
	if first := strings.TrimSuffix(lines[0], "\r"); first != d.req.Method+" "+d.req.Target+" HTTP/1.1" {
		method, rest, _ := strings.Cut(strings.TrimSpace(first), " ")
		target := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "HTTP/1.1"))
		if target == "" || method != d.req.Method && !httpguts.ValidHeaderFieldName(method) { // a token is what both are
			return &Problem{1, 1, "a method and a path are needed, such as POST /hook"}
		}
		if strings.ContainsAny(target, " \t") {
			return &Problem{1, len(method) + 2, "a blank in the path is written %20"}
		}
		req.Method, req.Target = method, target
	}
	captured := map[string]capture.Field{}
	for _, f := range d.req.Fields {
		captured[f.Name+": "+f.Value] = f
	}
	req.Fields = make([]capture.Field, 0, len(lines))
	for i, line := range lines[1:] {
		f, ok := captured[line]
		if !ok {
			var err error
			if f, err = parseField(line, i+2); err != nil {
				return err
			}
		}
		req.Fields = append(req.Fields, f)
	}
	return nil
}

func parseField(line string, number int) (capture.Field, error) {
	line = strings.TrimSuffix(line, "\r")
	name, value, ok := strings.Cut(line, ":")
	switch {
	case !ok:
		return capture.Field{}, &Problem{number, len(line) + 1, "a header field is written Name: value; the body begins after an empty line"}
	case name == "" || strings.ContainsAny(name, " \t"):
		return capture.Field{}, &Problem{number, 1, "the name of a field has no blanks"}
	}
	return capture.Field{Name: name, Value: strings.Trim(value, " \t")}, nil
}

// setLength gives Content-Length the length of the body, or the one that is
// pinned with Content-Length!.
func (r *Result) setLength(n int) {
	for i := range r.Request.Fields {
		f := &r.Request.Fields[i]
		switch {
		case strings.EqualFold(f.Name, "Content-Length!"):
			f.Name = f.Name[:len(f.Name)-1]
			r.Notes = append(r.Notes, fmt.Sprintf("Content-Length is pinned to %s; the body has %d bytes", f.Value, n))
		case strings.EqualFold(f.Name, "Content-Length"):
			f.Value = strconv.Itoa(n)
		}
	}
}

func chunked(fields []capture.Field) bool {
	return slices.ContainsFunc(fields, func(f capture.Field) bool {
		return strings.EqualFold(f.Name, "Transfer-Encoding") && strings.EqualFold(f.Value, "chunked")
	})
}

// Check returns what is wrong with a text, so that it can be shown while it is
// written: a head that cannot be sent, a character that the charset of the body lacks,
// or a body that was JSON and is not.
func (d *Draft) Check(text []byte) *Problem {
	head, body := SplitHead(text)
	var r Result
	if err := d.parseHead(&r, string(head)); err != nil {
		return err.(*Problem)
	}
	if d.binary {
		return nil
	}
	_, p := d.charset.write(body)
	if p == nil && d.SpeaksJSON() {
		p = CheckJSON(body)
	}
	if p != nil {
		p.Line += firstLine(text, body) - 1
	}
	return p
}

// SpeaksJSON reports whether the body is meant to be JSON: it was, or says so.
func (d *Draft) SpeaksJSON() bool {
	media, _ := body.MediaType(d.req.Fields)
	if media == "application/json" || strings.HasSuffix(media, "+json") {
		return len(d.body) > 0
	}
	first := bytes.TrimLeft(d.plain, " \t\r\n")
	return len(first) > 0 && (first[0] == '{' || first[0] == '[') && CheckJSON(d.plain) == nil
}
