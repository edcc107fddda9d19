package jq

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/itchyny/gojq"
)

// A value never counts for more than is written of it, so that what fits is written; and for
// so much that one that is far too large is not begun.
func TestCountedIsAtMostWhatIsWritten(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var value func(depth int) any
	value = func(depth int) any {
		switch kind := random.IntN(8); {
		case kind == 0 && depth > 0:
			list := make([]any, random.IntN(4))
			for i := range list {
				list[i] = value(depth - 1)
			}
			return list
		case kind <= 2 && depth > 0:
			object := map[string]any{}
			for range random.IntN(4) {
				object[strings.Repeat("k", random.IntN(5))] = value(depth - 1)
			}
			return object
		case kind == 3:
			return new(big.Int).Lsh(big.NewInt(1), uint(random.IntN(400)))
		case kind == 4:
			return random.NormFloat64()
		case kind == 5:
			return []any{nil, true, false, random.IntN(1000)}[random.IntN(4)]
		}
		return strings.Repeat("s", random.IntN(9))
	}
	for range 5000 {
		v := value(5)
		out, err := gojq.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if rest(v, len(out), maxDepth) < 0 {
			t.Fatalf("%s does not fit into its %d bytes", out, len(out))
		}
	}
	for want, v := range map[int]any{
		0: []any{}, 2: "", 5: "abc", 1: 7, 4: []any{1, nil}, 8: []any{[]any{"ab"}, true}, 10: map[string]any{"ab": "cde"}, 15: map[string]any{"ab": "cde", "f": 1}, 3: map[string]any{"": map[string]any{}}, 25: new(big.Int).Lsh(big.NewInt(1), 100),
	} {
		if got := 100 - rest(v, 100, maxDepth); got != want {
			t.Errorf("%v counts for %d, want %d", v, got, want)
		}
	}
	for what, wrap := range map[string]func(any) any{
		"arrays":  func(v any) any { return []any{v} },
		"objects": func(v any) any { return map[string]any{"a": v} },
	} {
		deep := any(1)
		for range maxDepth - 1 {
			deep = wrap(deep)
		}
		if rest(deep, 1<<20, maxDepth) < 0 {
			t.Errorf("%s may not be %d deep", what, maxDepth)
		}
		if rest(wrap(deep), 1<<20, maxDepth) >= 0 {
			t.Errorf("%s may be deeper than %d", what, maxDepth)
		}
	}
}

// The values end after a mistake, and when no more are wanted.
func TestValuesEnd(t *testing.T) {
	for body, want := range map[string]string{
		"1 [2]": "1 [2] ", "": "", " \n": "", "\ufeff1": "1 ", "1 x 2": "1 error ", "{": "error ", "1 \ufeff2": "1 error ",
	} {
		got := ""
		for v, err := range Values([]byte(body)) {
			if err != nil {
				got += "error "
				continue
			}
			got += fmt.Sprint(v) + " "
		}
		if got != want {
			t.Errorf("%q: %s, want %s", body, got, want)
		}
	}
	for v, err := range Values([]byte("1 2")) {
		if err != nil || fmt.Sprint(v) != "1" {
			t.Errorf("%v, %v", v, err)
		}
		break
	}
}
