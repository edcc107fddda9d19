// Package stats keeps figures of the requests in a ring: a row for each endpoint
// and event, and the arrivals of the last minute. They are kept from the ring's
// change feed, at a cost for each changed request that does not grow with the
// history, and in bounded memory: [maxRows] rows, the rest in one more.
//
// A request that the ring evicts stays counted, one that a user deletes does not; once
// the ring is empty the figures begin again. Nothing here draws; names of rows are captured bytes, not text.
package stats
