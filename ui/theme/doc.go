// Package theme is the only place that names colours, and the only way to put
// text on the screen: a [Style] draws [safe.Text] or literals of the source,
// nothing else, so captured bytes cannot reach the terminal undrawn.
//
// # The colour grammar
//
// One accent, for selection and focus only. A status 2xx is plain, 3xx dim, 4xx
// yellow, 5xx red and bold. Held is reversed; pending and drafts are magenta; a
// bad signature is a red word. Methods and providers are not coloured. Nothing
// is said by colour alone: without colour, words and marks say the same.
//
// # Why not lipgloss styles
//
// Rendering a lipgloss style per cell costs a hundred times what it costs to
// write a precomputed pair of escape sequences around text of known width, and
// the screen is drawn after every message.
//
// # Syntax colours
//
// The colours of bodies are those of chroma's styles, in a table of their own.
package theme
