package body

import (
	"errors"
	"math"
	"testing"

	"github.com/fxamacker/cbor/v2"
)

// FuzzCBOR holds what is laid out against what another reader finds well formed.
func FuzzCBOR(f *testing.F) {
	for _, s := range []string{"\xa1\x61a\x01", "\x9f\x01\xff", "\x5f\x41a\xff", "\xf8\x18", "\xc1\x00", "\xff", "\x1c", "\xbf\x01\xff", "\x7f\x5f\xff\xff", "\xf8\x20\xf9\x7e\x00"} {
		f.Add([]byte(s))
	}
	mode, err := cbor.DecOptions{MaxNestedLevels: MaxDepth, MaxArrayElements: math.MaxInt32, MaxMapPairs: math.MaxInt32}.DecMode()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) == 0 || len(data) > 300 { // deeper than the other may go
			return
		}
		_, err := openCBOR(t.Context(), &Content{Data: data})
		want := mode.Wellformed(data)
		var extra *cbor.ExtraneousDataError
		if errors.As(want, &extra) { // a sequence
			return
		}
		if (err == nil) != (want == nil) {
			t.Fatalf("%x: %v, the other says %v", data, err, want)
		}
	})
}
