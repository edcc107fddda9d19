package compare

import "slices"

// Marks say which lines of a JSON body differ from an older one. It is not
// changed once made and is safe for concurrent use. The nil Marks marks nothing.
type Marks struct{ values []Value }

// Mark compares two JSON bodies; nil when one of them is not JSON, is too large
// for it, or nothing differs.
func Mark(old, new []byte) *Marks {
	if len(old) > maxStructured || len(new) > maxStructured {
		return nil
	}
	values, _, ok := compareJSON(old, new)
	if !ok || len(values) == 0 {
		return nil
	}
	slices.SortStableFunc(values, func(a, b Value) int { return a.Off - b.Off })
	return &Marks{values}
}

// At returns what differs in the line that shows the bytes [off, end) of the new
// body. Where several things differ, such as two members that were removed, it
// is the first.
func (m *Marks) At(off, end int) (Value, bool) {
	if m == nil {
		return Value{}, false
	}
	i, _ := slices.BinarySearchFunc(m.values, off, func(v Value, off int) int { return v.Off - off })
	if i == len(m.values) || m.values[i].Off >= end {
		return Value{}, false
	}
	return m.values[i], true
}
