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
// # Why a table of syntax colours
//
// Importing all of chroma's styles parses 74 XML files at every start, 8 ms. The
// few colours that bodies need are kept in styles.txt, one line per style; a
// test holds the lines against chroma's own, and rewrites them with -update.
package theme
