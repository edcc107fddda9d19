// Package tomlfile changes TOML files without disturbing what a user wrote: all
// bytes but those of the change stay, and a file is replaced at once or not at
// all.
package tomlfile
