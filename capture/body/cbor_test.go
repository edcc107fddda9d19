package body

import "testing"

// TestCBORWellFormed: what RFC 8949, appendix F, calls not well formed is not laid
// out, and what is well formed is.
func TestCBORWellFormed(t *testing.T) {
	for src, ok := range map[string]bool{
		"\xa1\x61a\x01": true, "\x9f\x01\xff": true, "\x5f\x41a\xff": true, "\xf8\x20": true, "\xc1\x00": true, "\xbf\x01\x02\xff": true, "\xf9\x7e\x00": true,
		"\xf8\x18": false, "\xf8\x1f": false, "\xff": false, "\x1c": false, "\x3f": false, "\xdf\x00": false, "\xbf\x01\xff": false, "\x7f\x5f\xff\xff": false,
		"\x5f\x61a\xff": false, "\x18": false, "\x41": false, "\x81": false, "\x9f\x01": false, "\x81\xff": false, "\xc1": false, "\xa1\x01": false,
	} {
		if _, err := openCBOR(t.Context(), &Content{Data: []byte(src)}); (err == nil) != ok {
			t.Errorf("%x: %v", src, err)
		}
	}
}

func FuzzBinary(f *testing.F) {
	for _, s := range []string{"\xa1\x61a\x01", "\x9f\x01\xff", "\x85\xa1a\x01", "\xc7\xff\xff"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, mode := range []string{"cbor", "msgpack", Pretty} {
			v, err := Open(t.Context(), Read(data, nil), mode)
			if err != nil {
				t.Fatal(err)
			}
			for i := range v.Doc.Len() {
				v.Doc.Line(i)
			}
		}
	})
}
