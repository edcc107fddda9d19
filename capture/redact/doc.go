// Package redact hides secrets and private values in what leaves creel:
// exports for others, agents, a team's ring.
//
// Always hidden are values under a name that says that they are secret, however
// it is spelled, tokens that have a known shape, and the secrets of the
// configuration. Rules hide more: by JSON pointer, name, header field, query
// parameter or regular expression.
//
// A body is read as what it is: JSON, also within a form, a string or base64,
// forms, multipart, XML, YAML, lines of name and value. What is hidden is
// replaced within it, so the format stays right and all other bytes stay as they
// are.
package redact
