package lazy

import "testing"

func TestRegexp(t *testing.T) {
	wrong := Regexp(`(`) // no panic yet
	digits := Regexp(`^\d+$`)
	if !digits().MatchString("12") || digits().MatchString("1a") || digits() != digits() {
		t.Error("the expression is not compiled once and as it is written")
	}
	defer func() {
		if recover() == nil {
			t.Error("a wrong expression gives no panic at its first use")
		}
	}()
	wrong()
}
