package lazy

import "testing"

func TestRegexp(t *testing.T) {
	wrong := Regexp(`(`) // no panic yet
	digits := Regexp(`^\d+$`)
	first, second := digits(), digits()
	if first != second || !first.MatchString("12") || first.MatchString("1a") {
		t.Error("the expression is not compiled once and as it is written")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression gives no panic at its first use")
		}
	}()
	wrong()
}
