package detail

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"creel/capture/body"
	"creel/capture/jq"
	"creel/capture/safe"
	"creel/capture/words"
)

// jqInput is the largest body that an expression runs on: parsed it takes ten times as much.
const jqInput = 32 << 20

// jqLimits bound an expression, which runs while it is typed.
var jqLimits = jq.Limits{Time: time.Second, Output: 4 << 20}

// jqState is an expression over the body, and its result in place of the page.
type jqState struct {
	shown bool
	text  string
	// values are those of the body; parsed by the first command that asks.
	values func() ([]any, error)
	sheet  sheet
	status safe.Text // what is wrong with the expression, or its result
	taken  bool      // enter was pressed while it ran: the field closes when it ends well
}

// queried is what an expression gave.
type queried struct {
	opened
	status safe.Text
}

func (j *jqState) close() {
	j.sheet.stop()
	*j = jqState{}
}

// runJQ runs the expression in a command; the one before is ended.
func (p *Pane) runJQ() tea.Cmd {
	j := &p.jq
	j.sheet.stop()
	j.taken = false
	query, err := jq.Parse(cmp.Or(j.text, "."))
	if err != nil {
		j.status = safe.Line(err.Error())
		return nil
	}
	values := j.values
	if j.status = (safe.Text{}); j.sheet.view == nil {
		j.sheet.empty = safe.Const("running…")
	}
	return run(p, &j.sheet.loading, func(ctx context.Context) (q queried) {
		out, err := evaluate(ctx, query, values)
		if err != nil {
			q.status = safe.Line(err.Error())
		}
		if len(out) > 0 || err == nil {
			c := &body.Content{Raw: out, Data: out, Text: out}
			q.opened = lay(ctx, c, "ndjson")
		}
		return q
	}, p.queried)
}

// parse reads all JSON values of a body.
func parse(text []byte) ([]any, error) {
	if len(text) > jqInput {
		return nil, fmt.Errorf("the body is larger than %s", words.Size(jqInput))
	}
	var values []any
	for v, err := range jq.Values(text) {
		if err != nil {
			return nil, err
		}
		values = append(values, v)
	}
	return values, nil
}

// evaluate runs a query over values; what it gave before an error is returned, too.
func evaluate(ctx context.Context, query *jq.Query, values func() ([]any, error)) ([]byte, error) {
	in, err := values()
	if err != nil {
		return nil, err
	}
	each := func(yield func(any, error) bool) {
		for _, v := range in {
			if !yield(v, nil) {
				return
			}
		}
	}
	var out bytes.Buffer
	for line, err := range query.Run(ctx, each, jqLimits) {
		if err != nil {
			return out.Bytes(), err
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	return out.Bytes(), nil
}

// queried shows the result of the last expression.
func (p *Pane) queried(q queried) tea.Cmd {
	s := &p.jq.sheet
	p.jq.status = q.status
	if p.jq.taken && q.status.Empty() {
		p.prompt = prompt{}
	}
	p.jq.taken = false
	if q.view == nil || q.err != nil {
		if s.view == nil {
			s.empty = q.status
		}
		return nil
	}
	s.head, s.view, s.content, s.mode, s.empty = nil, q.view, q.content, q.mode, empty
	s.viewport = viewport{wrap: p.wrap}
	if len(q.content.Text) == 0 {
		s.view = nil
	}
	return p.searchAgain()
}
