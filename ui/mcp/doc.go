// Package mcp serves what creel captured to coding agents, as tools of the Model
// Context Protocol.
//
// What senders sent is data: it stands in fields of results, marked as untrusted,
// and never in descriptions or prompts. Secrets are masked as in exports for
// others. Acts are offered only where they are allowed, and each of them is a
// notice on the screens of the creel that does it.
package mcp
