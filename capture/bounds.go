package capture

import "fmt"

// Bounds are the limits of a ring. Zero means the default.
type Bounds struct {
	Count int   // exchanges; default 10000
	Bytes int64 // heads, bodies, replies and attempts; default 256 MiB
}

// OrDefault returns the bounds with the defaults in the place of zeros.
func (b Bounds) OrDefault() Bounds {
	if b.Count <= 0 {
		b.Count = 10_000
	}
	if b.Bytes <= 0 {
		b.Bytes = 256 << 20
	}
	return b
}

// pins is what pinned exchanges may fill: half of either bound.
func (b Bounds) pins() (count int, bytes int64) { return max(1, b.Count/2), b.Bytes / 2 }

// CheckPin returns why an exchange of size bytes cannot be pinned beside those
// that g counts; nil when it can.
func (g *Gauge) CheckPin(id ID, size int64) error {
	count, bytes := g.pins()
	switch {
	case g.Pinned+1 > count:
		return fmt.Errorf("pin %v: pins may fill half of the ring, and %d of %d requests are pinned: unpin another first",
			id, g.Pinned, g.Count)
	case g.PinnedBytes+size > bytes:
		return fmt.Errorf("pin %v: pins may fill half of the ring's %d bytes, and they take %d: unpin another first",
			id, g.Bytes, g.PinnedBytes)
	}
	return nil
}
