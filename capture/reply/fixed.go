package reply

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"creel/capture"
)

// Fixed replies as a Spec says, counting its sequence.
type Fixed struct {
	spec    Spec
	by      capture.By
	tmpl    *template.Template // of spec.Template
	made    *capture.Reply     // the same for all; nil where it is made for each
	counter counter
}

var _ capture.Responder = (*Fixed)(nil)

// New returns a Fixed for a reply that is valid, or why it is not. By is what
// Reply.By says.
func New(s Spec, by capture.By) (*Fixed, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	f := &Fixed{spec: s, by: by}
	if s.Template != "" {
		var err error
		if f.tmpl, err = parseTemplate(s.Template); err != nil {
			return nil, fmt.Errorf("reply: %w", err)
		}
	}
	f.makeOnce()
	return f, nil
}

// makeOnce makes the reply that is the same for all.
func (f *Fixed) makeOnce() {
	if len(f.spec.Statuses) < 2 && f.spec.BodyFile == "" && f.spec.TemplateFile == "" && f.tmpl == nil {
		reply := f.reply(0, []byte(f.spec.Body))
		f.made = &reply
	}
}

// Words says what it replies and, within a sequence, how far the newest
// delivery has come, and which request that was: "500 x3 then 200 · 2 of 4, #12".
func (f *Fixed) Words() string {
	words := f.spec.Words()
	at, all := f.counter.newest(), len(f.spec.Statuses)
	if all < 2 || at.n == 0 {
		return words
	}
	words += fmt.Sprintf(" · %d of %d", min(at.n, all), all)
	if at.of != 0 {
		words += ", " + at.of.String()
	}
	return words
}

// Respond waits for the delay, or until ctx ends, and replies.
func (f *Fixed) Respond(ctx context.Context, ex *capture.Exchange, rec capture.Recorder) capture.Outcome {
	reply, serial := f.counted(ctx, ex)
	if serial != 0 && ex.ID == 0 && rec != nil {
		go f.counter.name(serial, rec)
	}
	capture.Sleep(ctx, f.spec.Delay)
	return capture.Outcome{Reply: reply}
}

// Reply makes the reply to ex and counts it. What cannot be made (a file that
// is not there, a template that fails) is a 500 that says why, by error.
func (f *Fixed) Reply(ctx context.Context, ex *capture.Exchange) capture.Reply {
	reply, _ := f.counted(ctx, ex)
	return reply
}

// counted is Reply, with the serial of the place in the sequence.
func (f *Fixed) counted(ctx context.Context, ex *capture.Exchange) (reply capture.Reply, serial int) {
	if f.made != nil {
		return *f.made, 0
	}
	n := 0
	if len(f.spec.Statuses) > 1 {
		n, serial = f.counter.next(ex, f.spec.PerRule)
	}
	body, err := f.body(ctx, ex)
	if err != nil {
		return capture.Refusal(http.StatusInternalServerError, f.explain(err)), serial
	}
	return f.reply(n, body), serial
}

// reply is the one at place n of the sequence, with that body.
func (f *Fixed) reply(n int, body []byte) capture.Reply {
	status := f.spec.Status(n)
	return capture.Reply{
		Status: status,
		Fields: withType(f.spec.Fields, status, body),
		Body:   capture.NewBody(body),
		By:     f.by,
	}
}

// explain names the rule whose reply cannot be made, and of a file only the last part of
// its path: the sender reads it.
func (f *Fixed) explain(err error) string {
	text := err.Error()
	if path := cmp.Or(f.spec.BodyFile, f.spec.TemplateFile); path != "" {
		text = strings.ReplaceAll(text, path, filepath.Base(path))
	}
	if name, ok := f.by.Rule(); ok {
		text = "rule " + strings.TrimPrefix(name, "rule ") + ": " + text // one without a name is called "rule 1"
	}
	return text
}

func (f *Fixed) body(ctx context.Context, ex *capture.Exchange) ([]byte, error) {
	switch {
	case f.spec.BodyFile != "":
		return readReply(f.spec.BodyFile)
	case f.spec.TemplateFile != "":
		text, err := readReply(f.spec.TemplateFile)
		if err != nil {
			return nil, err
		}
		t, err := parseTemplate(string(text))
		if err != nil {
			return nil, err
		}
		return execute(ctx, t, ex, maxTemplateTime)
	case f.tmpl != nil:
		return execute(ctx, f.tmpl, ex, maxTemplateTime)
	}
	return []byte(f.spec.Body), nil // of a sequence
}

// maxBodyFile bounds a body that is read from a file, in bytes.
const maxBodyFile = 32 << 20

func readReply(name string) ([]byte, error) {
	info, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("read the body of the reply: %w", err)
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("read the body of the reply: %s is not a file", name)
	case info.Size() > maxBodyFile:
		return nil, fmt.Errorf("read the body of the reply: %s is larger than 32 MiB", name)
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the body of the reply: %w", err)
	}
	return b, nil
}

// ContentType is the Content-Type that the body of the reply goes out with;
// empty when there is no body, or it is made for each reply.
func (s *Spec) ContentType() string {
	if s.Body == "" {
		return ""
	}
	contentType, _ := capture.FieldValue(withType(s.Fields, http.StatusOK, []byte(s.Body)), "Content-Type")
	return contentType
}

// typed are the fields of the usual reply, which has no body.
var typed = []capture.Field{
	{Name: "Content-Type", Value: "text/plain; charset=utf-8"},
	{Name: "X-Content-Type-Options", Value: "nosniff"},
}

// withType adds the Content-Type that a body has when the user gave none, and
// forbids browsers to guess another: a reply must not become a page.
func withType(fields []capture.Field, status int, body []byte) []capture.Field {
	if _, given := capture.FieldValue(fields, "Content-Type"); given || !mayHaveBody(status) {
		return fields
	}
	switch {
	case json.Valid(body):
		fields = append(fields[:len(fields):len(fields)], capture.Field{Name: "Content-Type", Value: "application/json"})
		return append(fields, typed[1])
	case len(fields) == 0:
		return typed[:len(typed):len(typed)] // one for all: it costs the ring nothing
	}
	return append(fields[:len(fields):len(fields)], typed...)
}
