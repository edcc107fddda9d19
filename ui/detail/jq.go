package detail

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/itchyny/gojq"

	"creel/capture/body"
	"creel/capture/safe"
)

// Limits of an expression that runs while it is typed.
const (
	jqTime  = time.Second
	jqBytes = 4 << 20
)

// jq is an expression over the body, and its result in place of the page.
type jq struct {
	shown  bool
	text   string
	src    *body.Content
	sheet  sheet
	status safe.Text // what is wrong with the expression, or its result
}

// queried reports what an expression gave.
type queried struct {
	opened
	status safe.Text
}

func (j *jq) begin(s *sheet) {
	*j = jq{shown: true, src: s.content}
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
	ctx, cancel := context.WithTimeout(p.deps.Ctx, jqTime)
	p.seq++
	seq, src := p.seq, j.src.Text
	j.sheet.seq, j.sheet.cancel = seq, cancel
	return func() tea.Msg {
		out, err := evaluate(ctx, query, src)
		q := queried{opened: opened{seq: seq}}
		if err != nil {
			q.status = safe.Line(err.Error())
		}
		if len(out) > 0 || err == nil {
			c := &body.Content{Raw: out, Data: out, Text: out}
			q.opened = lay(context.WithoutCancel(ctx), seq, c, "ndjson")
		}
		return q
	}
}

// evaluate runs a query over all JSON values of src; what it gave before an
// error is returned, too.
func evaluate(ctx context.Context, query *gojq.Query, src []byte) ([]byte, error) {
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	in := json.NewDecoder(bytes.NewReader(src))
	in.UseNumber()
	for {
		var v any
		if err := in.Decode(&v); errors.Is(err, io.EOF) {
			return out.Bytes(), nil
		} else if err != nil {
			return out.Bytes(), fmt.Errorf("the body is not JSON: %w", err)
		}
		if err := run(ctx, code, v, &out); err != nil {
			return out.Bytes(), err
		}
	}
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
		return nil
	}
	s.head, s.view, s.content, s.mode = nil, q.view, q.content, q.mode
	s.viewer = viewer{wrap: p.wrap}
	if len(q.content.Text) == 0 {
		s.view = nil
	}
	return nil
}
