package ui_test

import (
	"testing"

	"creel/capture"
)

// TestHitIsInTheRow shows the word that was searched for, where no column has
// it, and where it was.
func TestHitIsInTheRow(t *testing.T) {
	w := newWorld(t, 140, 40)
	ex := samples(1)[0]
	ex.Request.Body = capture.NewBody([]byte(`{"data":{"object":{"customer":"cus_needle","n":1}}}`))
	w.arrive(t, ex)
	w.Press("/")
	w.Type("needle")
	w.has(t, "needle\",\"n\":1")
}
