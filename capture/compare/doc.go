// Package compare says in what two captured requests differ: in their request
// line, their query, their header fields and their bodies. JSON bodies are
// compared by path, with every token as it was sent; other text by lines; the
// rest by bytes. It also finds what a request is best compared with.
//
// Old and new are the words throughout: old is what it is compared with.
//
// Everything it returns holds hostile bytes, which only the package safe turns
// into text. Its functions read, keep nothing, and are safe for concurrent use.
package compare
