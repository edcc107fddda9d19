package export

import (
	"bufio"
	"io"
	"strings"
	"testing"
)

// padded is a file without an end: what is in front, then its last byte again and again.
type padded struct{ front string }

func (e *padded) Read(p []byte) (int, error) {
	n := copy(p, e.front)
	for i := n; i < len(p); i++ {
		p[i] = 'x'
	}
	e.front = e.front[n:]
	return len(p), nil
}

// A file that has to be read as a whole has a bound, whatever its format; beyond it the
// error says what to do, and nothing is read on.
func TestWholeFilesAreBounded(t *testing.T) {
	for format, front := range map[string]string{
		"curl command lines": "curl http://a -d '", "a .http file": "### one\nPOST http://a\n\n", "raw HTTP": "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
	} {
		read := &countingReader{Reader: &padded{front}}
		in := &input{Reader: bufio.NewReaderSize(read, maxPeek), most: 3 << 20}
		err := in.read(func(Item, error) bool { t.Error("something was read"); return false })
		if err == nil || !strings.Contains(err.Error(), "larger than 3 MiB") || !strings.Contains(err.Error(), format) {
			t.Errorf("%s: %v", format, err)
		}
		if read.n > 3<<20+2*maxPeek {
			t.Errorf("%s: %d bytes were read", format, read.n)
		}
	}
}

type countingReader struct {
	io.Reader
	n int
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += n
	return n, err
}
