package export

import (
	"reflect"

	"github.com/google/jsonschema-go/jsonschema"
)

// Schemas are the JSON Schemas of the lines that this package writes, by their
// type.
func Schemas() (map[string]*jsonschema.Schema, error) {
	pair := &jsonschema.Schema{Type: "array", Items: &jsonschema.Schema{Type: "string"}, MinItems: new(2), MaxItems: new(2)}
	types := &jsonschema.ForOptions{TypeSchemas: map[reflect.Type]*jsonschema.Schema{
		reflect.TypeFor[jsonTime]():   {Type: "string", Format: "date-time"},
		reflect.TypeFor[jsonFields](): {Type: "array", Items: pair},
		reflect.TypeFor[[]byte]():     {Type: "string", ContentEncoding: "base64"},
	}}
	exchange, err := jsonschema.For[jsonExchange](types)
	if err != nil {
		return nil, err
	}
	attempt, err := jsonschema.For[jsonAttempt](types)
	if err != nil {
		return nil, err
	}
	return map[string]*jsonschema.Schema{typeExchange: exchange, typeAttempt: attempt}, nil
}
