package provider

import (
	"slices"
	"sync"
)

// table returns the rows, compiled, in the order in which they are tried: where
// several providers use one field name, the one that says more comes first.
var table = sync.OnceValue(func() []*Scheme {
	all := slices.Concat(
		standardRows(), timeRows(), urlRows(), bodySignedRows(), publicKeyRows(), jwtRows(),
		forgeRows(), hashRows(), sharedFieldRows(), tokenRows(), unsignedRows(),
	)
	rows := make([]*Scheme, len(all))
	for i := range all {
		if err := all[i].compile(); err != nil {
			panic(err) // a mistake in this table; TestTable finds it first
		}
		rows[i] = &all[i]
	}
	return rows
})
