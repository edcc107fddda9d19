package ringtest_test

import (
	"context"
	"testing"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"

	"pgregory.net/rapid"
)

func TestFakeContract(t *testing.T) {
	ringtest.Contract(t, func(testing.TB) ringtest.Open {
		f := ringtest.NewFake()
		return func(testing.TB) capture.Journal { return f.Other() }
	})
}

func TestModelInMemory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ringtest.Model(t, func() *ring.Ring { return ring.New(ringtest.ModelBounds) }, false)
	})
}

func TestModelOfFake(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := ringtest.NewFake()
		ringtest.Model(t, func() *ring.Ring {
			r, err := ring.Open(context.Background(), ringtest.ModelBounds, f)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}, true)
	})
}
