package capture

// Condition is a condition on exchanges that a storage can check before it reads them:
// the key has one of the texts, or a number in one of the ranges.
type Condition struct {
	// Key is method, host, provider, event or delivery, which are one of Texts, the
	// first two without regard to case; path, which begins with one of Texts
	// unless it is percent-encoded; id or status, which are in one of Ranges.
	Key    string
	Texts  []string
	Ranges [][2]int64 // both ends included
}
