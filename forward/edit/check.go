package edit

import (
	"bytes"
	"fmt"
)

// maxDepth is how deep JSON may nest to be laid out and checked.
const maxDepth = 512

// Problem is what is wrong with a text, and where.
type Problem struct {
	Line int // from 1
	Col  int // in bytes, from 1
	Msg  string
}

// Error says what is wrong and in which line.
func (p *Problem) Error() string { return fmt.Sprintf("line %d: %s", p.Line, p.Msg) }

// CheckJSON returns what is wrong with JSON; nil when nothing is.
func CheckJSON(src []byte) *Problem {
	c := checker{lexer: lexer{src: src}, want: wantValue}
	off, msg := c.run()
	if msg == "" {
		return nil
	}
	return problemAt(src, off, msg)
}

func problemAt(src []byte, off int, msg string) *Problem {
	before := src[:off]
	return &Problem{
		Line: bytes.Count(before, []byte("\n")) + 1,
		Col:  off - bytes.LastIndexByte(before, '\n'),
		Msg:  msg,
	}
}

// want is what may come next.
type want uint8

const (
	wantValue    want = iota
	wantFirst         // a value or ]
	wantKey           // a name
	wantFirstKey      // a name or }
	wantColon         //
	wantNext          // a comma or the closing bracket
	wantNothing       // the end
)

// checker follows the grammar token by token. It keeps its own stack, so that
// depth costs no goroutine stack.
type checker struct {
	lexer
	stack []kind
	want  want
}

// run returns where the JSON goes wrong and how; an empty message when it does
// not.
func (c *checker) run() (int, string) {
	for {
		t, ok := c.next()
		if !ok {
			return c.atEnd()
		}
		if off, msg := c.inToken(t); msg != "" {
			return off, msg
		}
		if msg := c.step(t); msg != "" {
			return t.off, msg
		}
	}
}

func (c *checker) atEnd() (int, string) {
	if c.want == wantNothing {
		return 0, ""
	}
	end := len(bytes.TrimRight(c.src, " \t\r\n"))
	if n := len(c.stack); n > 0 {
		return end, fmt.Sprintf("%c missing at the end", c.stack[n-1]+2)
	}
	return end, "a value is missing"
}

// inToken finds what is wrong within a token.
func (c *checker) inToken(t token) (int, string) {
	switch t.kind {
	case kindOpen:
		return t.off, "a quote is missing at the end of " + c.show(t)
	case kindOther:
		return t.off, c.show(t) + " is not JSON: a text needs quotes"
	case kindString:
		return c.inString(t)
	}
	return 0, ""
}

func (c *checker) inString(t token) (int, string) {
	for i := t.off + 1; i < t.end-1; i++ {
		switch b := c.src[i]; {
		case b < 0x20:
			return i, fmt.Sprintf("a control character (0x%02x) in a text must be escaped", b)
		case b == '\\':
			n := escapeLen(c.src[i:t.end])
			if n == 0 {
				return i, "JSON has no such escape; a backslash is written \\\\"
			}
			i += n - 1
		}
	}
	return 0, ""
}

func escapeLen(s []byte) int {
	if len(s) < 2 {
		return 0
	}
	if bytes.IndexByte([]byte(`"\/bfnrt`), s[1]) >= 0 {
		return 2
	}
	if s[1] != 'u' || len(s) < 6 {
		return 0
	}
	for _, b := range s[2:6] {
		if (b < '0' || b > '9') && (b|0x20 < 'a' || b|0x20 > 'f') {
			return 0
		}
	}
	return 6
}

// step takes one token; the message says why it may not stand here.
func (c *checker) step(t token) string {
	switch c.want {
	case wantNothing:
		return "nothing may follow the value, but " + c.show(t) + " does"
	case wantNext:
		return c.afterValue(t)
	case wantColon:
		if t.kind != ':' {
			return "colon missing before " + c.show(t)
		}
		c.want = wantValue
		return ""
	case wantKey, wantFirstKey:
		return c.key(t)
	}
	return c.value(t)
}

func (c *checker) key(t token) string {
	switch {
	case t.kind == kindString:
		c.want = wantColon
		return ""
	case t.kind == '}' && c.want == wantFirstKey:
		return c.pop()
	case t.kind == '}':
		return "the comma before } is one too many"
	}
	return "a name in quotes is missing before " + c.show(t)
}

func (c *checker) value(t token) string {
	switch {
	case t.kind == '{' || t.kind == '[':
		if len(c.stack) == maxDepth {
			return fmt.Sprintf("nested more than %d deep", maxDepth)
		}
		c.stack = append(c.stack, t.kind)
		c.want = wantFirst
		if t.kind == '{' {
			c.want = wantFirstKey
		}
		return ""
	case t.kind == kindString || t.kind == kindLiteral:
		return c.done()
	case t.kind == ']' && c.want == wantFirst:
		return c.pop()
	case t.kind == ']' && len(c.stack) > 0 && c.stack[len(c.stack)-1] == '[':
		return "the comma before ] is one too many"
	}
	return "a value is missing before " + c.show(t)
}

func (c *checker) afterValue(t token) string {
	open := c.stack[len(c.stack)-1]
	switch {
	case t.kind == ',':
		c.want = wantValue
		if open == '{' {
			c.want = wantKey
		}
		return ""
	case t.kind == open+2: // '{'+2 is '}', '['+2 is ']'
		return c.pop()
	case t.kind == '}' || t.kind == ']':
		return fmt.Sprintf("%c closes what %c opened", t.kind, open)
	}
	return "comma missing before " + c.show(t)
}

func (c *checker) pop() string {
	c.stack = c.stack[:len(c.stack)-1]
	return c.done()
}

// done is after a whole value.
func (c *checker) done() string {
	c.want = wantNext
	if len(c.stack) == 0 {
		c.want = wantNothing
	}
	return ""
}

// show is the token as it is named in a message. It holds bytes of the body:
// like all messages it is made safe before it is drawn.
func (c *checker) show(t token) string {
	const most = 24
	if s := c.src[t.off:t.end]; len(s) <= most {
		return string(s)
	}
	return string(c.src[t.off:t.off+most]) + "…"
}
