// Package sqlite keeps a ring in a file, so that it outlives the process: the
// embedded [capture.Journal].
//
// A [Store] is safe for concurrent use, and several processes may have one on
// the same file: the one that captures, which holds a lock for as long as it
// lives, and guests, which read and write along. Only the capturing process
// evicts exchanges.
//
// # How it is kept
//
// A request is a row of table request, with a column for each thing that people
// and filters ask for and the rest as JSON in the column more. What happens to it
// later is written to rows of its own in reply, meta and attempt, so that a reply
// costs a small row at the end of a small table. Bodies are in table body, so that
// a start and a filter read heads and not bodies; only small replies are in their
// row, and a reply that is the response of a target shares its body. Rows of bodies
// and attempts are found by the number of their exchange,
// without an index. The view exchange puts it together for people with sqlite3.
// Each commit is a row of table change: which exchanges it touched, for other
// processes, and what the history then holds.
//
// Every row ends in a checksum of itself. SQLite does not notice a flipped bit in a
// row; this does, and it is how rows are known in a file whose trees are destroyed.
//
// # Why
//
//   - WAL with synchronous=FULL: a commit is on disk when it returns, and other
//     processes can read meanwhile.
//   - The log of WAL is moved into the file in the background, so that no commit
//     has to do it for all.
//   - No database/sql: the one writer and the few readers each hold a connection
//     with its prepared statements, and a row is not copied twice.
//   - No indexes: each would cost a capture as much as its columns do, while a
//     filter over all of 100,000 requests reads 50 MB, in some 30 ms.
//   - A start reads the pages of the file itself, on all processors: SQLite, made into
//     Go, takes twice as long. Only while there is no log, and a transaction keeps
//     others from writing to the file; else, and when a page is not as it should be,
//     SQLite reads.
//   - A damaged file is never repaired in place: it is kept under another name, and
//     what can be read is copied to a new one, row by row. It is read page by page,
//     since a damaged tree hides rows that are whole.
//   - A file that is deleted or replaced while it is open is written to its name
//     again: the process that captures still has it.
package sqlite
