package server

import "creel/capture"

// What goes with some refusals.
var (
	retryAfter = capture.Field{Name: "Retry-After", Value: "5"}
	// RFC 9110 section 15.5.6 wants it with 405.
	allowed = capture.Field{Name: "Allow", Value: "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, TRACE"}
)
