package body

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"

	"creel/capture/jsontok"
	"creel/capture/safe"
)

func fitsXML(c *Content) int {
	if c.is("application/xml", "text/xml", "+xml") && !c.is("application/xhtml+xml") {
		return declared
	}
	t := bytes.TrimSpace(bytes.TrimPrefix(c.Text, bom))
	if bytes.HasPrefix(t, []byte("<?xml ")) {
		return certain
	}
	if len(t) > 3 && t[0] == '<' && isLetter(t[1]) && t[len(t)-1] == '>' && c.Media != "text/html" && fitsHTML(c) == unfit {
		return likely
	}
	return unfit
}

func fitsHTML(c *Content) int {
	if c.is("text/html", "application/xhtml+xml") {
		return declared
	}
	t := bytes.ToLower(bytes.TrimSpace(c.Text[:min(len(c.Text), 256)]))
	if bytes.HasPrefix(t, []byte("<!doctype html")) || bytes.HasPrefix(t, []byte("<html")) {
		return certain
	}
	return unfit
}

func openXML(ctx context.Context, c *Content) (*View, error)  { return openMarkup(ctx, c, false) }
func openHTML(ctx context.Context, c *Content) (*View, error) { return openMarkup(ctx, c, true) }

var errTooLarge = errors.New("larger than 4 MiB: shown as it came")

// openMarkup lays out one element in a line, with what is in it below.
func openMarkup(ctx context.Context, c *Content, html bool) (*View, error) {
	if len(c.Text) > maxWhole {
		return nil, errTooLarge
	}
	m := &markup{markupScan: markupScan{src: c.Text, html: html}}
	if err := m.run(ctx); err != nil {
		return nil, err
	}
	name := "xml"
	if html {
		name = "html"
	}
	return m.view().in(name), nil
}

// markup lays out tokens as they come.
type markup struct {
	markupScan
	builder
	names []string // of the elements that are open
}

func (m *markup) run(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		t, ok, err := m.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if err := m.lay(t); err != nil {
			return err
		}
	}
	if n := len(m.names); n > 0 && !m.html {
		return &jsontok.SyntaxError{Off: len(m.src), Msg: "the content ends within <" + m.names[n-1] + ">"}
	}
	return nil
}

// Elements of HTML that have no content, and those whose content is raw text
// (HTML standard, sections 13.1.2 and 13.2.5).
var (
	voidElements = strings.Fields("area base br col embed hr img input link meta source track wbr")
	rawElements  = strings.Fields("script style textarea title pre")
)

func (m *markup) lay(t markupToken) error {
	switch t.kind {
	case markupText, markupOther:
		m.text(t)
	case markupEmpty:
		m.line(t.off, t.end, Span{Text, m.tagText(t)})
	case markupStart:
		return m.start(t)
	case markupEnd:
		return m.finish(t)
	}
	return nil
}

// text lays out each line of a text that is more than white space.
func (m *markup) text(t markupToken) {
	off := t.off
	for part := range bytes.Lines(m.src[t.off:t.end]) {
		if trimmed := bytes.TrimSpace(part); len(trimmed) > 0 {
			m.line(off, off+len(part), Span{Text, safe.Tabbed(trimmed, 0)})
		}
		off += len(part)
	}
}

func (m *markup) start(t markupToken) error {
	name := m.canonical(t.name)
	if m.html && slices.Contains(voidElements, name) {
		m.line(t.off, t.end, Span{Text, m.tagText(t)})
		return nil
	}
	if m.html && slices.Contains(rawElements, name) {
		m.raw = name
	}
	if m.inline(t) {
		return nil
	}
	if len(m.names) == maxDepth {
		if !m.html {
			m.i = t.off
			return m.wrong("nested more than %d deep", maxDepth)
		}
		m.line(t.off, t.end, Span{Text, m.tagText(t)})
		return nil
	}
	m.names = append(m.names, name)
	m.open(t.off, t.end, Span{Text, m.tagText(t)})
	return nil
}

// inline lays out an element that holds nothing but a short text in one line.
func (m *markup) inline(t markupToken) bool {
	ahead := m.markupScan
	text, ok, err := ahead.next()
	parts := []safe.Text{m.tagText(t)}
	if ok && err == nil && text.kind == markupText {
		inner := bytes.TrimSpace(m.src[text.off:text.end])
		if bytes.IndexByte(inner, '\n') >= 0 || len(inner) > 200 {
			return false
		}
		parts = append(parts, safe.Line(inner))
		text, ok, err = ahead.next()
	}
	if !ok || err != nil || text.kind != markupEnd || m.canonical(text.name) != m.canonical(t.name) {
		return false
	}
	m.markupScan = ahead
	m.line(t.off, text.end, Span{Text, safe.Concat(append(parts, m.tagText(text))...)})
	return true
}

func (m *markup) finish(t markupToken) error {
	n := len(m.names)
	name := m.canonical(t.name)
	if n > 0 && m.names[n-1] == name {
		m.names = m.names[:n-1]
		m.close(t.off, t.end, Span{Text, m.tagText(t)})
		return nil
	}
	if !m.html {
		m.i = t.off
		if n == 0 {
			return m.wrong("</%s> closes nothing", t.name)
		}
		return m.wrong("</%s> closes <%s>", t.name, m.names[n-1])
	}
	// In HTML an end tag closes what was left open within its element, and one
	// without an element closes nothing.
	at := slices.Index(m.names, name)
	if at < 0 {
		m.line(t.off, t.end, Span{Text, m.tagText(t)})
		return nil
	}
	for len(m.names) > at+1 {
		m.names = m.names[:len(m.names)-1]
		m.close(t.off, t.off)
	}
	m.names = m.names[:at]
	m.close(t.off, t.end, Span{Text, m.tagText(t)})
	return nil
}

func (m *markup) canonical(name string) string {
	if m.html {
		return strings.ToLower(name)
	}
	return name
}

// tagText is a tag with the white space between its attributes made one blank.
func (m *markup) tagText(t markupToken) safe.Text {
	src := bytes.TrimSuffix(m.src[t.off:t.end], []byte{'>'})
	ended := len(src) < t.end-t.off
	out := make([]byte, 0, t.end-t.off)
	for i, quote := 0, byte(0); i < len(src); i++ {
		c := src[i]
		switch {
		case quote == 0 && c <= ' ':
			if c = ' '; i+1 == len(src) || src[i+1] <= ' ' || src[i+1] == '/' && i+2 == len(src) {
				continue
			}
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		}
		out = append(out, c)
	}
	if ended {
		out = append(out, '>')
	}
	return safe.Line(out)
}
