// Package sqlite keeps a ring in a file, so that it outlives the process: the
// embedded [capture.Journal].
//
// A [Store] is safe for concurrent use, and several processes may have one on
// the same file: the one that captures, which holds a lock for as long as it
// lives, and guests, which read and write along. Only the capturing process
// lets go of old exchanges.
//
// # How it is kept
//
// An exchange is a row of table exchange with its head; what happens to it later
// is written to rows of its own in reply, meta and attempt, so that an answer
// costs a small row at the end of a small table. Bodies are in table body, so that
// a start reads heads and not bodies; only small ones stand beside their head, and
// small answers in their row, which saves most requests two rows. Rows of bodies
// and attempts are found by the number of their exchange, without an index. Each
// commit is a row of table change: which exchanges it touched, for other processes,
// and what the history then holds.
//
// Rows are in a compact encoding that ends in a checksum of itself and of its
// number. SQLite does not notice a flipped bit in a row; this does, and it is
// how rows are known in a file whose tree is destroyed.
//
// # Why
//
//   - WAL with synchronous=FULL: a commit is on disk when it returns, and other
//     processes can read meanwhile.
//   - The log of WAL is moved into the file beside the commits, so that none of them
//     has to do it for all.
//   - No database/sql: the one writer and the few readers each hold a connection
//     with its prepared statements, and a row is not copied twice.
//   - A damaged file is never repaired in place: it is kept aside, and what can
//     be read is copied to a new one.
package sqlite
