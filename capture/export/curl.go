package export

import (
	"fmt"
	"strings"

	"creel/capture"
)

var curl = Format{Name: "curl", Ext: "sh", Help: "curl command lines for any POSIX shell", comment: "#", write: writeCurl}

// The sizes above which a body does not stand on the command line: one argument
// may have 128 KiB on Linux, and people read the line.
const (
	maxWord   = 16 << 10
	maxPrintf = 64 << 10
)

// writeCurl writes a command that sends the same request: method, URL, fields
// and body byte for byte. --path-as-is and -g keep curl from rewriting the URL;
// the fields that curl would add by itself are taken away.
func writeCurl(w *writer, s *share) error {
	before, data, err := w.shellBody(s, bodyArgs{word: "--data-raw ", file: "--data-binary @", pipe: "--data-binary @-"})
	if err != nil {
		return err
	}
	fmt.Fprint(w, before, "curl --path-as-is -g ")
	if s.Method == "HEAD" && data == "" {
		fmt.Fprint(w, "--head ")
	} else {
		fmt.Fprintf(w, "-X %s ", quoteAny(s.Method))
	}
	fmt.Fprint(w, curlURL(s))
	for _, h := range curlFields(s, data != "") {
		fmt.Fprint(w, " \\\n  -H ", quoteAny(h))
	}
	if data != "" {
		fmt.Fprint(w, " \\\n  ", data)
	}
	fmt.Fprintln(w)
	return nil
}

// curlURL is the URL, and the request target beside it where curl would change
// the one that is in the URL.
func curlURL(s *share) string {
	inURL := strings.HasPrefix(s.Target, "/") && plainASCII(s.Target) && !strings.ContainsAny(s.Target, "#\\ ")
	if inURL {
		return quoteAny(s.URL)
	}
	base, _, _ := strings.Cut(fullURL(&s.Request, "/"), "#")
	return "--request-target " + quoteAny(s.Target) + " " + quoteAny(base)
}

func plainASCII(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= 0x20 || r >= 0x7f })
}

// curlFields are the -H arguments.
func curlFields(s *share, hasData bool) []string {
	var out []string
	for _, f := range s.sendFields() {
		if f.Value == "" {
			out = append(out, f.Name+";")
		} else {
			out = append(out, f.Name+": "+f.Value)
		}
	}
	for _, own := range []string{"User-Agent", "Accept", "Content-Type"} {
		if _, ok := s.Request.Get(own); !ok && (own != "Content-Type" || hasData) {
			out = append(out, own+":")
		}
	}
	if len(s.Body) > 1<<20 {
		out = append(out, "Expect:")
	}
	return out
}

// sendFields are the fields that a client must be told: not those that it makes
// by itself from the URL, the body and the connection.
func (s *share) sendFields() []capture.Field {
	var out []capture.Field
	for _, f := range s.Fields {
		switch strings.ToLower(f.Name) {
		case "content-length", "connection", "keep-alive", "proxy-connection", "upgrade", "te", "trailer", "expect":
			continue
		case "host":
			if f.Value == s.Host {
				continue
			}
		}
		out = append(out, f)
	}
	return out
}

// bodyArgs say how a command is given a body: what stands in front of a shell word
// or of the name of a file that has it, and what reads it from standard input.
type bodyArgs struct{ word, file, pipe string }

// shellBody says how the command gets the body: before is what stands before
// the command, data what stands among its arguments. Every body is exact: text
// on one line is quoted, all other is written by printf, and a file beside
// holds what is too long for a line.
func (w *writer) shellBody(s *share, args bodyArgs) (before, data string, err error) {
	if len(s.Body) == 0 {
		if s.hasLength() {
			return "", args.word + "''", nil
		}
		return "", "", nil
	}
	if len(s.Body) <= maxWord {
		if q, ok := quote(string(s.Body)); ok {
			return "", args.word + q, nil
		}
	}
	if len(s.Body) > maxPrintf && w.opt.Aside != nil {
		path, err := w.opt.Aside(fmt.Sprintf("%d.body", s.ID), s.Body)
		if err != nil {
			return "", "", err
		}
		if strings.HasPrefix(path, "-") {
			path = "./" + path
		}
		return "", args.file + quoteAny(path), nil
	}
	return printf(string(s.Body)) + " | ", args.pipe, nil
}
