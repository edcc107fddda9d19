// Package list is the list of requests: a virtual list that formats only the
// rows in sight.
//
// The selection is an exchange, never a row number: rows may come, change and
// go above and below it. Follow is on while the newest is selected, and only
// then do arrivals move the selection.
//
// # Why no widget
//
// bubbles' list and table format every row on every message: 150 updates a
// second at ten thousand rows. Here a row costs a few microseconds and only what
// is seen is made, so nothing needs to be cached.
package list
