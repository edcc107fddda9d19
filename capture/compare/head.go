package compare

import (
	"strings"

	"creel/capture"
)

// compareLine compares the request lines; the query by parameter.
func (r *Result) compareLine(old, new *capture.Request) {
	was, is := capture.SplitTarget(old.Target), capture.SplitTarget(new.Target)
	for _, d := range []Difference{
		{Name: "method", Old: old.Method, New: new.Method},
		{Name: "path", Old: was.Origin + was.Path, New: is.Origin + is.Path},
		{Name: "protocol", Old: old.Proto, New: new.Proto},
	} {
		if d.Old != d.New {
			r.Line = append(r.Line, d)
		}
	}
	r.Query = named(params(was.Query), params(is.Query), func(name string) string { return name })
	if len(r.Query) == 0 && was.Query != is.Query {
		r.Query = []Difference{{Kind: Moved, Name: "order", Old: was.Query, New: is.Query}}
	}
}

// params takes a query apart without decoding anything.
func params(query string) []capture.Field {
	var list []capture.Field
	for part := range strings.SplitSeq(query, "&") {
		if part != "" {
			name, value, _ := strings.Cut(part, "=")
			list = append(list, capture.Field{Name: name, Value: value})
		}
	}
	return list
}

func fields(old, new []capture.Field) []Difference {
	return named(old, new, strings.ToLower)
}

// named compares lists of names and values. The first of a name is compared with
// the first of that name, and so on; id says which names are the same.
func named(old, new []capture.Field, id func(string) string) []Difference {
	places := make(map[string][]int, len(old))
	for i, f := range old {
		name := id(f.Name)
		places[name] = append(places[name], i)
	}
	var diffs []Difference
	taken := make([]bool, len(old))
	for _, f := range new {
		at := places[id(f.Name)]
		if len(at) == 0 {
			diffs = append(diffs, Difference{Kind: Added, Name: f.Name, New: f.Value})
			continue
		}
		i := at[0]
		places[id(f.Name)] = at[1:]
		taken[i] = true
		if old[i].Value != f.Value {
			diffs = append(diffs, Difference{Name: f.Name, Old: old[i].Value, New: f.Value})
		}
	}
	for i, f := range old {
		if !taken[i] {
			diffs = append(diffs, Difference{Kind: Removed, Name: f.Name, Old: f.Value})
		}
	}
	return diffs
}
