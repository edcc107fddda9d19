package redact

import (
	"cmp"
	"strings"

	"creel/capture/lazy"
)

var lineShape = lazy.Regexp(`(?m)^([ \t]*(?:-[ \t]+|export[ \t]+|set[ \t]+)*)(["']?)([\pL_][\pL\pN_. -]*)(["']?[ \t]*[:=][ \t]*)(.*)$`)

// block hides the values of lines "name: value" to the end of the line, and
// what is indented below a name, as in YAML, .ini files and .env files.
func (s *Scan) block(p place, v string) string {
	if !strings.ContainsAny(v, ":=") {
		return v
	}
	lines := strings.SplitAfter(v, "\n")
	under, name := -1, "" // what is indented more than that belongs to the name
	pair := ""            // the name in a pair of name and value
	isSecret := strings.Contains(v, "kind: Secret")
	end := "" // of a value over several lines
	for i, line := range lines {
		text := strings.TrimRight(line, "\r\n")
		if end != "" {
			lines[i], end = s.until(p.named(name), text, end)
			lines[i] += line[len(text):]
			continue
		}
		indent := len(text) - len(strings.TrimLeft(text, " \t"))
		if under >= 0 && strings.TrimSpace(text) != "" {
			if item := strings.TrimLeft(text, " \t"); indent > under || indent == under && strings.HasPrefix(item, "- ") {
				lines[i] = s.below(p.named(name), text) + line[len(text):]
				continue
			}
			under = -1
		}
		m := lineShape().FindStringSubmatchIndex(text)
		if m == nil {
			continue
		}
		key := text[m[6]:m[7]]
		value := text[m[10]:m[11]]
		switch {
		case isNameName(key) && namesSecret(value):
			pair = value
			continue
		case pair != "" && isValueName(key):
			key, pair = pair, ""
		case isSecret && (key == "data" || key == "stringData"):
			key = "secrets"
		}
		if judge(key) != secret || strings.Count(key, " ") > 1 {
			continue
		}
		switch strings.TrimSpace(value) {
		case "", "|", ">", "|-", ">-", "|+", ">+":
			under, name = indent, key
			continue
		}
		if begin := longValue().FindStringSubmatch(value); begin != nil {
			name, end = key, cmp.Or(begin[1], begin[2])
			rest := value[len(begin[0]):]
			rest, end = s.until(p.named(name), rest, end)
			lines[i] = text[:m[10]] + begin[0] + rest + line[len(text):]
			continue
		}
		lines[i] = text[:m[10]] + s.lineValue(p.named(key), value) + line[len(text):]
	}
	return strings.Join(lines, "")
}

// longValue is how a value over several lines begins: quotes of TOML and Python, a
// here-document.
var longValue = lazy.Regexp(`^(?:("""|\x27\x27\x27)|<<-?\s*["\x27]?(\w+)["\x27]?$)`)

// until is a line of a value over several lines, and the end that is still to come:
// empty behind it.
func (s *Scan) until(p place, text, end string) (string, string) {
	value, after, ended := strings.Cut(text, end)
	if ended {
		after, end = end+after, ""
	}
	inner := strings.TrimSpace(value)
	if shown, hidden := s.hide(p, inner); hidden {
		value = strings.Replace(value, inner, shown, 1)
	}
	return value + after, end
}

// lineValue is a value up to the end of its line.
func (s *Scan) lineValue(p place, v string) string {
	if strings.HasPrefix(v, "[") || strings.HasPrefix(v, "{") { // a list, or something of its own
		p.under = p.under || manyOf(p.name)
		return listItem().ReplaceAllStringFunc(v, func(item string) string {
			if strings.Contains(v, ":") {
				return item
			}
			open, value, shut := unquoted(item)
			shown, _ := s.hide(p, value)
			return open + shown + shut
		})
	}
	open, value, shut := unquoted(v)
	if open == "" {
		value, shut = cutComment(v)
		if scheme, rest, ok := strings.Cut(value, " "); ok && isPlain(scheme) && len(rest) < 4 {
			return v
		}
	} else if shut == "" {
		return v // more than a value stands in quotes
	}
	if isPlain(value) || strings.Contains(value, "://") || len(strings.Fields(value)) > 6 {
		return v
	}
	if shown, hidden := s.hide(p, value); hidden {
		if open == "" && shown == mask {
			return `"` + mask + `"` + shut // * begins an alias in YAML
		}
		return open + shown + shut
	}
	return v
}

var listItem = lazy.Regexp(`"[^"]*"|'[^']*'|[^\s,\[\]{}"']+`)

func cutComment(v string) (value, comment string) {
	if i := strings.Index(v, " #"); i >= 0 {
		v, comment = v[:i], v[i:]
	}
	end := strings.TrimRight(v, " \t,;")
	return end, v[len(end):] + comment
}

// below is a line that belongs to the name of a line above it.
func (s *Scan) below(p place, line string) string {
	item := strings.TrimLeft(line, " \t-")
	head := line[:len(line)-len(item)]
	if name, value, ok := strings.Cut(item, ": "); ok && manyOf(p.name) {
		p.under = true
		return head + name + ": " + s.lineValue(p.named(name), value)
	}
	if strings.Contains(item, ": ") || strings.HasSuffix(item, ":") {
		return line
	}
	open, value, shut := unquoted(item)
	shown, hidden := s.hide(p, value)
	if hidden && open == "" {
		open, shut = `"`, `"`
	}
	return head + open + shown + shut
}
