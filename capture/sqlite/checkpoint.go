package sqlite

// What is written goes to the log first, which is moved into the file now and
// then. A commit that did so would keep those waiting who wait for it.
const (
	// movePages is how many pages of the log are moved at once, in the background.
	movePages = 1000
	// maxLogPages is how long the log may become; then a commit moves it all the same.
	maxLogPages = 4000
)

// logged counts about what a commit wrote to the log, and has the log moved into
// the file when it is long. The writer is locked.
func (s *Store) logged(pages int) {
	s.logPages += pages
	if s.logPages < movePages || s.moving || s.closing.Load() {
		return
	}
	s.moving, s.logPages = true, 0
	s.background.Go(s.moveLog)
}

// Shrink gives up what is kept in memory of bodies and of the file; the system has both,
// too. It may be called at any time.
func (s *Store) Shrink() {
	s.bodies.Clear()
	for _, c := range [...]*conn{s.reader, s.writer} {
		c.mu.Lock()
		_ = c.pragma("shrink_memory") // else it stays
		c.mu.Unlock()
	}
}

// moveLog moves the log into the file: most of it while commits go on, and then
// the little that came meanwhile, after which the log starts over. What fails
// here is done by a later commit, which says what is wrong.
func (s *Store) moveLog() {
	s.checkpoint.Lock()
	defer s.checkpoint.Unlock()
	for _, c := range [...]*conn{s.reader, s.writer} {
		c.mu.Lock()
		_ = c.pragma("wal_checkpoint(passive)")
		if c == s.writer {
			s.moving = false
		}
		c.mu.Unlock()
	}
}
