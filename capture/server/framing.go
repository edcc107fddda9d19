package server

import (
	"bytes"
	"strconv"
	"strings"

	"creel/capture"
)

// framing follows the body of one request over the wire (RFC 9112 sections 6 and 7),
// as net/http frames it. The zero value is a body that is at its end.
type framing struct {
	state bodyState
	left  int64  // bytes of the body or of the chunk
	line  []byte // the line that is arriving, without more than maxChunkLine bytes
}

// bodyState is what comes next.
type bodyState uint8

const (
	bodyEnd     bodyState = iota
	bodyBytes             // left bytes, and the end
	chunkSize             // the line with the size of a chunk
	chunkBytes            // left bytes of a chunk
	chunkEnd              // the line end after a chunk
	trailerLine           // the trailer section, through its empty line
)

// maxChunkLine is the longest line with a chunk's size that net/http takes.
const maxChunkLine = 4096

// framing returns how the body after the head is framed; ok is false when net/http
// refuses the head, or frames it otherwise than its sender may have meant.
func (h *head) framing() (f framing, ok bool) {
	if h.fault != "" {
		return framing{}, false
	}
	length, coding := "", ""
	for _, field := range h.fields {
		switch {
		case capture.EqualFold(field.Name, "Transfer-Encoding"):
			if coding != "" || !capture.EqualFold(field.Value, "chunked") || h.proto == "HTTP/1.0" {
				return framing{}, false
			}
			coding = field.Value
		case capture.EqualFold(field.Name, "Content-Length"):
			if length != "" && length != field.Value {
				return framing{}, false
			}
			if length = field.Value; length == "" {
				return framing{}, false
			}
		}
	}
	if coding != "" {
		return framing{state: chunkSize}, true
	}
	if length == "" {
		return framing{}, true
	}
	n, err := strconv.ParseUint(length, 10, 63)
	if err != nil {
		return framing{}, false
	}
	if n == 0 {
		return framing{}, true
	}
	return framing{state: bodyBytes, left: int64(n)}, true
}

// open reports whether the end of the body is still to come.
func (f *framing) open() bool { return f.state != bodyEnd }

// skip takes what belongs to the body from the beginning of b and returns how much
// that is; ok is false when it is not framed well.
func (f *framing) skip(b []byte) (n int, ok bool) {
	for f.open() && n < len(b) {
		if f.state == bodyBytes || f.state == chunkBytes {
			k := min(f.left, int64(len(b)-n))
			f.left -= k
			n += int(k)
			if f.left == 0 {
				f.next()
			}
			continue
		}
		k := bytes.IndexByte(b[n:], '\n') + 1
		ended := k > 0
		if !ended {
			k = len(b) - n
		}
		if len(f.line) < maxChunkLine {
			f.line = append(f.line, b[n:n+min(k, maxChunkLine)]...)
		}
		n += k
		if ended && !f.takeLine(strings.TrimRight(string(f.line), "\r\n")) {
			return n, false
		}
	}
	return n, true
}

// next is called when the bytes that were announced have been read.
func (f *framing) next() {
	if f.state == bodyBytes {
		*f = framing{}
	} else {
		f.state = chunkEnd
	}
}

// takeLine takes a whole line and reports whether it may stand there.
func (f *framing) takeLine(line string) bool {
	f.line = f.line[:0]
	switch f.state {
	case chunkSize:
		size, _, _ := strings.Cut(line, ";")
		n, err := strconv.ParseUint(strings.Trim(size, " \t"), 16, 63)
		if err != nil {
			return false
		}
		f.state, f.left = chunkBytes, int64(n)
		if n == 0 {
			f.state = trailerLine
		}
	case chunkEnd:
		f.state = chunkSize
		return line == ""
	case trailerLine:
		if line == "" {
			*f = framing{}
		}
	}
	return true
}
