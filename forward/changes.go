package forward

import (
	"fmt"
	"strings"

	"creel/capture"
)

// Changes lists in words how the request of an attempt differs from the
// captured one. The words hold captured bytes: they are to be made safe before
// they are shown.
func Changes(captured *capture.Request, a *capture.Attempt) []string {
	var out []string
	say := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	if a.Method != captured.Method {
		say("method: %s instead of %s", a.Method, captured.Method)
	}
	if a.Target != captured.Target {
		say("path: %s instead of %s", a.Target, captured.Target)
	}
	if captured.Proto != "HTTP/1.1" && captured.Proto != "" {
		say("HTTP/1.1 instead of %s", captured.Proto)
	}
	if !captured.Exact {
		say("order and spelling of the fields are not known to be the sender's")
	}
	out = append(out, fieldChanges(captured.Fields, a.Fields)...)
	switch is, was := a.Body.Size(), captured.Body.Size(); {
	case a.SameBody:
	case is == was:
		say("body: changed, still %d bytes", is)
	default:
		say("body: changed, %d bytes instead of %d", is, was)
	}
	return out
}

// fieldChanges compares name by name, which is how people read fields. What is the
// same in both is left out first, mostly all but Host and what was added at the end,
// which saves a forward 4 µs of CPU.
func fieldChanges(before, after []capture.Field) []string {
	before, after = withoutSame(before, after)
	var out []string
	for _, name := range fieldNames(before, after) {
		was, is := fieldValues(before, name), fieldValues(after, name)
		for i := range max(len(was), len(is)) {
			switch {
			case i >= len(is):
				out = append(out, "without "+name+": "+was[i])
			case i >= len(was):
				out = append(out, "added "+name+": "+is[i])
			case was[i] != is[i]:
				out = append(out, name+": "+is[i]+" instead of "+was[i])
			}
		}
	}
	return out
}

// withoutSame returns the two lists without what is the same: the fields at both ends,
// and then those at the same place as far as the names at each place are the same.
func withoutSame(before, after []capture.Field) (was, is []capture.Field) {
	for len(before) > 0 && len(after) > 0 && before[0] == after[0] {
		before, after = before[1:], after[1:]
	}
	for len(before) > 0 && len(after) > 0 && before[len(before)-1] == after[len(after)-1] {
		before, after = before[:len(before)-1], after[:len(after)-1]
	}
	for len(before) > 0 && len(after) > 0 && before[0].Name == after[0].Name {
		if before[0] != after[0] {
			was, is = append(was, before[0]), append(is, after[0])
		}
		before, after = before[1:], after[1:]
	}
	return append(was, before...), append(is, after...)
}

// fieldNames are the names in both, each once, in the spelling seen first.
func fieldNames(lists ...[]capture.Field) []string {
	var names []string
	seen := map[string]bool{}
	for _, fields := range lists {
		for _, f := range fields {
			if key := strings.ToLower(f.Name); !seen[key] {
				seen[key] = true
				names = append(names, f.Name)
			}
		}
	}
	return names
}

func fieldValues(fields []capture.Field, name string) []string {
	var values []string
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return values
}
