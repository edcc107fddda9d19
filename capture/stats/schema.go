package stats

import "github.com/google/jsonschema-go/jsonschema"

// Schema is the JSON Schema of a row as a JSON line.
func Schema() (*jsonschema.Schema, error) { return jsonschema.For[jsonRow](nil) }
