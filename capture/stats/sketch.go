package stats

import (
	"math/bits"
	"time"
)

const (
	subBits = 4  // each octave has 16 bins: a quantile is right to 1/32
	minBits = 10 // what is below a microsecond has one bin
	maxBits = 42 // and what is above 73 minutes
	octaves = maxBits - minBits
	bins    = octaves<<subBits + 2
)

// sketch is a histogram of times with bins that grow with the time. The zero value
// is empty.
type sketch struct {
	n    uint64
	bins [bins]uint32
}

// bin is the bin of a time.
func bin(d time.Duration) uint16 {
	n := bits.Len64(uint64(max(0, d))) - 1 // the power of two below
	switch {
	case n < minBits:
		return 0
	case n >= maxBits:
		return bins - 1
	}
	sub := uint64(d) >> (n - subBits) & (1<<subBits - 1)
	return uint16(1 + (n-minBits)<<subBits + int(sub))
}

// middle is the time in the middle of a bin.
func middle(b int) time.Duration {
	switch {
	case b == 0:
		return 1 << (minBits - 1)
	case b >= bins-1:
		return 1 << maxBits
	}
	n, sub := (b-1)>>subBits+minBits, uint64(b-1)&(1<<subBits-1)
	width := uint64(1) << (n - subBits)
	return time.Duration((1<<subBits+sub)*width + width/2)
}

func (s *sketch) add(b uint16)  { s.n++; s.bins[b]++ }
func (s *sketch) take(b uint16) { s.n--; s.bins[b]-- }

func (s *sketch) merge(o *sketch) {
	s.n += o.n
	for i, n := range o.bins {
		s.bins[i] += n
	}
}

// quantile is the time that percent of all are not above, to 1/32; 0 when there are
// none.
func (s *sketch) quantile(percent uint64) time.Duration {
	if s.n == 0 {
		return 0
	}
	rank := max(1, (s.n*percent+99)/100)
	for b, n := range s.bins {
		if uint64(n) >= rank {
			return middle(b)
		}
		rank -= uint64(n)
	}
	return middle(bins - 1)
}
