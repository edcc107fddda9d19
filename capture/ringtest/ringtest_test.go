package ringtest_test

import (
	"context"
	"reflect"
	"testing"
	"time"

	"creel/capture"
	"creel/capture/ring"
	"creel/capture/ringtest"

	"pgregory.net/rapid"
)

// TestExampleIsComplete finds fields that Example does not set: what a journal does
// with them would not be tested. The reader of a team's ring fills in whose exchange
// and attempt it is; no journal keeps that.
func TestExampleIsComplete(t *testing.T) {
	var look func(path string, v reflect.Value)
	look = func(path string, v reflect.Value) {
		if v.Kind() == reflect.Pointer {
			v = v.Elem()
		}
		switch {
		case path == "Exchange.Origin" || path == "Attempt.Who":
		case v.IsZero():
			t.Errorf("%s is not set", path)
		case v.Kind() == reflect.Struct && v.Type() != reflect.TypeFor[capture.Body]() && v.Type() != reflect.TypeFor[time.Time]():
			for i := range v.NumField() {
				look(path+"."+v.Type().Field(i).Name, v.Field(i))
			}
		}
	}
	ex := ringtest.Example(1)
	ex.ID = 1 // the journal gives it
	look("Exchange", reflect.ValueOf(ex))
	different := *ex.Attempts[1]
	different.SameBody = true // as in the other one
	look("Attempt", reflect.ValueOf(different))
}

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
