package capture

import (
	"testing"
	"unsafe"
)

// TestOverhead: what the bounds count for a structure is what it takes in memory. A
// history holds many; one that grew needs a look at the order of its members.
func TestOverhead(t *testing.T) {
	for name, size := range map[string][2]uintptr{
		"an exchange": {unsafe.Sizeof(Exchange{}), exchangeOverhead},
		"an attempt":  {unsafe.Sizeof(Attempt{}), attemptOverhead},
		"a field":     {unsafe.Sizeof(Field{}), fieldOverhead},
	} {
		if size[0] > size[1] {
			t.Errorf("%s takes %d bytes, %d are counted", name, size[0], size[1])
		}
	}
}
