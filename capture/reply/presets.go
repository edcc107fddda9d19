package reply

import (
	"slices"
	"time"

	"creel/capture"
)

// builtin are the named replies that come with creel: what a sender is usually tried
// with.
var builtin = []Spec{
	{Preset: "ok", Statuses: []int{200}},
	{Preset: "accepted", Statuses: []int{202}},
	{Preset: "empty", Statuses: []int{204}},
	{Preset: "bad", Statuses: []int{400}, Body: `{"error":"bad request"}`},
	{Preset: "unauthorized", Statuses: []int{401}, Body: `{"error":"unauthorized"}`},
	{Preset: "missing", Statuses: []int{404}, Body: `{"error":"not found"}`},
	{Preset: "conflict", Statuses: []int{409}, Body: `{"error":"conflict"}`},
	{Preset: "invalid", Statuses: []int{422}, Body: `{"error":"invalid"}`},
	{Preset: "busy", Statuses: []int{429}, Fields: []capture.Field{{Name: "Retry-After", Value: "5"}}, Body: `{"error":"too many requests"}`},
	{Preset: "error", Statuses: []int{500}, Body: `{"error":"internal error"}`},
	{Preset: "down", Statuses: []int{503}, Fields: []capture.Field{{Name: "Retry-After", Value: "5"}}, Body: `{"error":"unavailable"}`},
	{Preset: "timeout", Statuses: []int{200}, Delay: 35 * time.Second}, // longer than senders wait
}

// Presets are all named replies: the user's own, and those that come with creel
// under other names.
func Presets(own []Spec) []Spec {
	all := slices.Clone(own)
	for _, b := range builtin {
		if !slices.ContainsFunc(own, func(p Spec) bool { return p.Preset == b.Preset }) {
			all = append(all, b)
		}
	}
	return all
}
