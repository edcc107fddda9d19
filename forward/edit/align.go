package edit

import "slices"

// maxEdits bounds the work of Align: two sequences that differ in more than
// this many places have nothing in common between the first and the last
// difference, which then counts as new.
const maxEdits = 1000

// Align finds what two sequences have in common, in order: for each element of
// b the place of the same one in a, or -1 for a new one. It takes time in
// proportion to their length and to the number of differences (Myers, "An
// O(ND) difference algorithm", 1986).
func Align[T comparable](a, b []T) []int {
	at := make([]int, len(b))
	head, tail := sameEnds(a, b)
	for j := range at {
		switch {
		case j < head:
			at[j] = j
		case j >= len(b)-tail:
			at[j] = j - len(b) + len(a)
		default:
			at[j] = -1
		}
	}
	for _, p := range common(a[head:len(a)-tail], b[head:len(b)-tail]) {
		at[head+p[1]] = head + p[0]
	}
	return at
}

// sameEnds is how many elements are the same at the beginning of both, and how many
// of the others at their end.
func sameEnds[T comparable](a, b []T) (head, tail int) {
	for head < min(len(a), len(b)) && a[head] == b[head] {
		head++
	}
	for tail < min(len(a), len(b))-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	return head, tail
}

// common returns the pairs of places that a longest common subsequence joins.
func common[T comparable](a, b []T) [][2]int {
	limit := min(len(a)+len(b), maxEdits)
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	reach := make([]int, 2*limit+2) // how far in a each diagonal has come
	var history [][]int
	for d := 0; d <= limit; d++ {
		history = append(history, slices.Clone(reach[limit-d:limit+d+1]))
		for k := -d; k <= d; k += 2 {
			x := 0
			switch {
			case d == 0:
			case k == -d || k != d && reach[limit+k-1] < reach[limit+k+1]:
				x = reach[limit+k+1]
			default:
				x = reach[limit+k-1] + 1
			}
			for x < len(a) && x-k < len(b) && a[x] == b[x-k] {
				x++
			}
			reach[limit+k] = x
			if x >= len(a) && x-k >= len(b) {
				return trace(history, d, len(a), len(b))
			}
		}
	}
	return nil
}

// trace walks back through the reaches, of which history[d] are those before
// round d, and collects the diagonals.
func trace(history [][]int, d, x, y int) [][2]int {
	var pairs [][2]int
	back := func(toX, toY int) {
		for x > toX && y > toY {
			x, y = x-1, y-1
			pairs = append(pairs, [2]int{x, y})
		}
	}
	for ; d > 0; d-- {
		reach := func(k int) int { return history[d][d+k] }
		from := x - y - 1
		if k := x - y; k == -d || k != d && reach(k-1) < reach(k+1) {
			from = k + 1
		}
		fromX := reach(from)
		back(fromX, fromX-from)
		x, y = fromX, fromX-from
	}
	back(0, 0)
	return pairs
}
