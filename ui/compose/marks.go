package compose

import (
	"bytes"

	"creel/forward/edit"
)

// changedLines says of each line that is not one of those before what was in its place; nil: added.
func changedLines(before, now [][]byte) map[int][]byte {
	head, tail := common(before, now, min(len(before), len(now)))
	a, b := before[head:len(before)-tail], now[head:len(now)-tail]
	was := map[int][]byte{}
	at := edit.Align(keysOf(a), keysOf(b))
	for i, j := 0, 0; j < len(b); {
		if at[j] >= 0 {
			i = at[j] + 1
			j++
			continue
		}
		from := j
		for j < len(b) && at[j] < 0 {
			j++
		}
		upTo := len(a)
		if j < len(b) {
			upTo = at[j]
		}
		for k := from; k < j; k++ {
			was[head+k] = nil
			if upTo-i == j-from { // line for line
				was[head+k] = edit.Replaced(a[i+k-from], b[k])
			}
		}
	}
	return was
}

// common is how many lines two texts have in common at their beginnings, and then at their
// ends, in all at most that many.
func common(a, b [][]byte, most int) (head, tail int) {
	for head < most && bytes.Equal(a[head], b[head]) {
		head++
	}
	for tail < most-head && bytes.Equal(a[len(a)-1-tail], b[len(b)-1-tail]) {
		tail++
	}
	return head, tail
}

func keysOf(lines [][]byte) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = string(l)
	}
	return out
}
