package provider

import (
	"bytes"
	"strconv"
	"strings"

	"creel/capture/jsontok"
)

// find returns the bounds of the JSON value at path: keys and array indices
// parted by dots. It does not validate: it finds its way through any bytes
// without going out of them, and is right for JSON.
func find(b []byte, path string) (start, end int, ok bool) {
	i := skipSpace(b, 0)
	for path != "" {
		step, rest, _ := strings.Cut(path, ".")
		path = rest
		if i, ok = enter(b, i, step); !ok {
			return 0, 0, false
		}
	}
	end = skipValue(b, i)
	return i, end, end > i
}

// enter returns where the member step of the object or array at i begins.
func enter(b []byte, i int, step string) (int, bool) {
	if i >= len(b) {
		return 0, false
	}
	if b[i] == '[' {
		n, err := strconv.Atoi(step)
		if err != nil || n < 0 {
			return 0, false
		}
		at := element(b, i, n)
		return at, at > 0
	}
	at := 0
	if !bytes.Contains(b[i:], []byte(step)) {
		return 0, false // much quicker to see than a walk over all members
	}
	eachKey(b[i:], func(key []byte, val int) bool {
		if string(key) == step {
			at = i + val
		}
		return at == 0
	})
	return at, at > 0
}

func element(b []byte, i, n int) int {
	for i = skipSpace(b, i+1); i < len(b) && b[i] != ']'; n-- {
		if n == 0 {
			return i
		}
		next := skipSpace(b, skipValue(b, i))
		if next >= len(b) || b[next] != ',' {
			return 0
		}
		i = skipSpace(b, next+1)
	}
	return 0
}

// eachKey calls f with each key (escapes as written) of the object that b
// begins with and the offset of its value, until f says false.
func eachKey(b []byte, f func(key []byte, val int) bool) {
	i := skipSpace(b, 0)
	if i >= len(b) || b[i] != '{' {
		return
	}
	for i = skipSpace(b, i+1); i < len(b) && b[i] == '"'; {
		end := skipString(b, i)
		colon := skipSpace(b, end)
		if colon >= len(b) || b[colon] != ':' {
			return
		}
		val := skipSpace(b, colon+1)
		if !f(b[i+1:end-1], val) {
			return
		}
		i = skipSpace(b, skipValue(b, val))
		if i >= len(b) || b[i] != ',' {
			return
		}
		i = skipSpace(b, i+1)
	}
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
		i++
	}
	return i
}

// skipString returns the offset after the string that begins at i; for one
// that does not end, the end of b, which is at least i+2 only when b is.
func skipString(b []byte, i int) int {
	for j := i + 1; j < len(b); j++ {
		q := bytes.IndexByte(b[j:], '"')
		if q < 0 {
			break
		}
		j += q
		back := 0
		for b[j-1-back] == '\\' {
			back++
		}
		if back%2 == 0 {
			return j + 1
		}
	}
	return max(len(b), i+2)
}

// skipValue returns the offset after the value that begins at i.
func skipValue(b []byte, i int) int {
	depth := 0
	for i < len(b) {
		switch b[i] {
		case '"':
			i = min(skipString(b, i), len(b))
		case '{', '[':
			depth++
			i++
			continue
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\n', '\r', '\t':
			if depth == 0 {
				return i
			}
			i++
			continue
		default:
			i = skipLiteral(b, i)
		}
		if depth <= 0 {
			return i
		}
	}
	return len(b)
}

func skipLiteral(b []byte, i int) int {
	for i < len(b) {
		switch b[i] {
		case '{', '}', '[', ']', ',', ':', '"', ' ', '\n', '\r', '\t':
			return i
		}
		i++
	}
	return i
}

// jsonString is the text of the value at path, and whether there is one.
func jsonString(b []byte, path string) (string, bool) {
	i, j, ok := find(b, path)
	if !ok {
		return "", false
	}
	return jsontok.Text(b[i:j]), true
}
