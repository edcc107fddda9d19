package detail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/itchyny/gojq"

	"creel/capture/body"
	"creel/capture/safe"
)

// Limits of an expression that runs while it is typed.
const (
	jqTime  = time.Second
	jqBytes = 4 << 20  // of results
	jqInput = 32 << 20 // of the body: parsed it takes ten times as much
)

// jq is an expression over the body, and its result in place of the page.
type jq struct {
	shown bool
	text  string
	// values are those of the body; parsed by the first command that asks.
	values func() ([]any, error)
	sheet  sheet
	status safe.Text // what is wrong with the expression, or its result
}

// queried reports what an expression gave.
type queried struct {
	opened
	status safe.Text
}

func (j *jq) begin(s *sheet) {
	text := s.content.Text
	*j = jq{shown: true, values: sync.OnceValues(func() ([]any, error) { return parse(text) })}
	j.sheet.page = page{empty: empty}
}

func (j *jq) close() {
	j.sheet.stop()
	*j = jq{}
}

// runJQ runs the expression in a command; the one before is ended.
func (p *Pane) runJQ() tea.Cmd {
	j := &p.jq
	j.sheet.stop()
	expr := j.text
	if expr == "" {
		expr = "."
	}
	query, err := gojq.Parse(expr)
	if err != nil {
		j.status = safe.Line(err.Error())
		return nil
	}
	ctx, cancel := context.WithCancel(p.deps.Ctx)
	p.seq++
	seq, values := p.seq, j.values
	j.sheet.seq, j.sheet.cancel = seq, cancel
	if j.status = (safe.Text{}); j.sheet.view == nil {
		j.sheet.empty = safe.Const("running…")
	}
	return func() tea.Msg {
		out, err := evaluate(ctx, query, values)
		q := queried{opened: opened{seq: seq}}
		if err != nil {
			q.status = safe.Line(err.Error())
		}
		if len(out) > 0 || err == nil {
			c := &body.Content{Raw: out, Data: out, Text: out}
			q.opened = lay(ctx, seq, c, "ndjson")
		}
		return q
	}
}

// parse reads all JSON values of a body.
func parse(text []byte) ([]any, error) {
	if len(text) > jqInput {
		return nil, fmt.Errorf("the body is larger than %s", body.Size(jqInput))
	}
	in := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(text, []byte("\ufeff"))))
	in.UseNumber()
	var values []any
	for {
		var v any
		if err := in.Decode(&v); errors.Is(err, io.EOF) {
			return values, nil
		} else if err != nil {
			return nil, fmt.Errorf("the body is not JSON: %w", err)
		}
		values = append(values, v)
	}
}

// evaluate runs a query over values; what it gave before an error is returned,
// too.
func evaluate(ctx context.Context, query *gojq.Query, values func() ([]any, error)) ([]byte, error) {
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	in, err := values()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, jqTime)
	defer cancel()
	var out bytes.Buffer
	for _, v := range in {
		if err := run(ctx, code, v, &out); err != nil {
			return out.Bytes(), err
		}
	}
	return out.Bytes(), nil
}

func run(ctx context.Context, code *gojq.Code, v any, out *bytes.Buffer) error {
	for iter := code.RunWithContext(ctx, v); ; {
		result, ok := iter.Next()
		if !ok {
			return nil
		}
		if err, failed := result.(error); failed {
			if errors.Is(err, context.DeadlineExceeded) {
				return fmt.Errorf("stopped after %v", jqTime)
			}
			return err
		}
		b, err := gojq.Marshal(result)
		if err != nil {
			return err
		}
		if out.Len()+len(b) > jqBytes {
			return fmt.Errorf("stopped after %s", body.Size(int64(out.Len())))
		}
		out.Write(b)
		out.WriteByte('\n')
	}
}

// queried shows the result, if it is of the last expression.
func (p *Pane) queried(q queried) tea.Cmd {
	s := &p.jq.sheet
	if !p.jq.shown || s.seq == 0 || q.seq != s.seq {
		return nil
	}
	s.stop()
	p.jq.status = q.status
	if q.view == nil || q.err != nil {
		if s.view == nil {
			s.empty = q.status
		}
		return nil
	}
	s.head, s.view, s.content, s.mode = nil, q.view, q.content, q.mode
	s.viewer = viewer{wrap: p.wrap}
	if len(q.content.Text) == 0 {
		s.view = nil
	}
	return p.searchAgain()
}
