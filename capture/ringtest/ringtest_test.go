package ringtest_test

import (
	"testing"

	"creel/capture"
	"creel/capture/ringtest"
)

func TestFakeContract(t *testing.T) {
	ringtest.Contract(t, func(testing.TB) ringtest.Open {
		f := ringtest.NewFake()
		return func(testing.TB) capture.Journal { return f.Other() }
	})
}
