package lru

import (
	"strings"
	"testing"
)

// What was used last is kept, within the bytes there are for it.
func TestCache(t *testing.T) {
	const size = 100
	c := Cache[int]{Limit: 3 * (size + Overhead)}
	has := func(want ...bool) {
		t.Helper()
		for i, want := range want {
			if e := c.byKey[i+1]; (e != nil) != want {
				t.Errorf("%d is kept: %v", i+1, e != nil)
			}
		}
	}
	data := func(s string) []byte { return []byte(strings.Repeat(s, size)) }
	c.Put(1, data("a"))
	c.Put(2, data("b"))
	c.Put(3, data("c"))
	has(true, true, true)
	if b, ok := c.Get(1); !ok || b[0] != 'a' {
		t.Errorf("%q %v", b, ok)
	}
	c.Put(4, data("d"))
	has(true, false, true, true)
	c.Put(3, data("e")) // in place of what it was
	if b, _ := c.Get(3); b[0] != 'e' || c.size != c.Limit {
		t.Errorf("%q, %d bytes", b, c.size)
	}
	c.Put(5, make([]byte, c.Limit-Overhead+1))
	has(true, false, true, true, false)
	c.Put(5, make([]byte, c.Limit-Overhead))
	has(false, false, false, false, true)
	if _, ok := c.Get(1); ok || c.order.Len() != 1 || c.size != c.Limit {
		t.Errorf("%d are kept, %d bytes", c.order.Len(), c.size)
	}
}

// The zero value keeps up to its limit.
func TestTheZeroCache(t *testing.T) {
	var c Cache[string]
	if _, ok := c.Get("a"); ok {
		t.Error("an empty cache has something")
	}
	c.Put("a", make([]byte, DefaultLimit-Overhead))
	c.Put("b", make([]byte, DefaultLimit-Overhead+1))
	if _, ok := c.Get("a"); !ok || c.size != DefaultLimit {
		t.Errorf("%v, %d bytes", ok, c.size)
	}
}

func TestClear(t *testing.T) {
	c := Cache[int]{Limit: 2 * (Overhead + 1)}
	c.Put(1, []byte("a"))
	c.Clear()
	if _, ok := c.Get(1); ok {
		t.Error("what was cleared is still there")
	}
	for i := range 3 {
		c.Put(i, []byte("b"))
	}
	for i, want := range []bool{false, true, true} {
		if _, ok := c.Get(i); ok != want {
			t.Errorf("after clearing: %d is there: %v, want %v", i, ok, want)
		}
	}
}
