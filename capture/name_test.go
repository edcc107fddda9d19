package capture

import "testing"

// A request is called by its number in the history of its node, not by its place in the
// ring that shows it.
func TestNameOfAnExchange(t *testing.T) {
	for want, ex := range map[string]Exchange{
		"#7":   {ID: 7},
		"a412": {ID: 7, Origin: &Origin{Node: "n", Short: "a", ID: 412}},
		"#412": {ID: 7, Origin: &Origin{Node: "n", ID: 412}},
	} {
		if got := ex.Name(); got != want {
			t.Errorf("%+v is %s, want %s", ex.Origin, got, want)
		}
	}
}
