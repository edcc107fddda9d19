package redact

import (
	_ "embed"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pelletier/go-toml/v2"
)

//go:embed shapes.toml
var shapesTOML []byte

// shape is what tokens of one issuer look like.
type shape struct {
	ID       string   `toml:"id"`
	Regex    string   `toml:"regex"`
	Group    int      `toml:"group"`   // what of the match is the token; 0: the first group
	Whole    bool     `toml:"whole"`   // the whole match is
	Entropy  float64  `toml:"entropy"` // in bits for a byte; a token has more
	Keywords []string `toml:"keywords"`

	compile func() *regexp.Regexp
}

// before is how many rules begin: with what may stand before their keyword. The
// token is the same without it, and found thirty times as fast.
const before = `[\w.-]{0,50}?`

// shapes are all known shapes. They are compiled when a keyword of theirs occurs.
var shapes = sync.OnceValue(func() []shape {
	var file struct {
		Rule []shape `toml:"rule"`
	}
	if err := toml.Unmarshal(shapesTOML, &file); err != nil {
		panic(fmt.Sprintf("shapes.toml: %v", err)) // a test reads it
	}
	for i := range file.Rule {
		r := &file.Rule[i]
		r.compile = sync.OnceValue(func() *regexp.Regexp {
			return regexp.MustCompile(strings.ReplaceAll(r.Regex, before, ""))
		})
	}
	return file.Rule
})

// span is a part of a text, and the rule that found it.
type span struct {
	off, end int
	rule     string
}

// findShapes returns the tokens in s, in no order; they may overlap.
func findShapes(s string) []span {
	if len(s) < 8 {
		return nil
	}
	low := strings.ToLower(s)
	var out []span
	for i := range shapes() {
		r := &shapes()[i]
		if !slices.ContainsFunc(r.Keywords, func(k string) bool { return strings.Contains(low, k) }) {
			continue
		}
		for _, m := range r.compile().FindAllStringSubmatchIndex(s, -1) {
			off, end := r.token(m)
			if r.Entropy == 0 || entropy(s[off:end]) > r.Entropy {
				out = append(out, span{off, end, r.ID})
			}
		}
	}
	return out
}

// token returns the bounds of the token in a match.
func (r *shape) token(m []int) (off, end int) {
	if r.Whole {
		return m[0], m[1]
	}
	if r.Group > 0 {
		return m[2*r.Group], m[2*r.Group+1]
	}
	for i := 2; i < len(m); i += 2 {
		if m[i+1] > m[i] {
			return m[i], m[i+1]
		}
	}
	return m[0], m[1]
}

// entropy is that of the bytes of s, in bits for each (Shannon).
func entropy(s string) float64 {
	var counts [256]int
	for i := range len(s) {
		counts[s[i]]++
	}
	bits := 0.0
	for _, n := range counts {
		if n > 0 {
			p := float64(n) / float64(len(s))
			bits -= p * math.Log2(p)
		}
	}
	return bits
}
