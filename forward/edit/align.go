package edit

import "github.com/aymanbagabas/go-udiff/lcs"

// Align finds what two sequences have in common, in order: for each element of
// b the place of the same one in a, or -1 for a new one. It takes time in
// proportion to their length: of two that differ in more than a hundred places it
// may not find all.
func Align[T comparable](a, b []T) []int {
	head, tail := sameEnds(a, b)
	ids := map[T]rune{}
	diffs := lcs.DiffRunes(intern(ids, a[head:len(a)-tail]), intern(ids, b[head:len(b)-tail]))
	at, next := make([]int, 0, len(b)), 0
	for _, d := range append(diffs, lcs.Diff{Start: len(a) - head}) {
		for ; next < head+d.Start; next++ {
			at = append(at, next)
		}
		for range d.ReplEnd - d.ReplStart {
			at = append(at, -1)
		}
		next = head + d.End
	}
	return at
}

// intern gives equal elements equal numbers.
func intern[T comparable](ids map[T]rune, s []T) []rune {
	out := make([]rune, len(s))
	for i, e := range s {
		id, ok := ids[e]
		if !ok {
			id = rune(len(ids))
			ids[e] = id
		}
		out[i] = id
	}
	return out
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
