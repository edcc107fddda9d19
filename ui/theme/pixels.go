package theme

import "fmt"

// RGB is a colour of a picture.
type RGB struct{ R, G, B uint8 }

// Pixels draws one cell that is two pixels of a picture, one above the other.
// Where the terminal has no colours of its own choosing it draws a shade of the
// brightness of both.
func (t *Theme) Pixels(up, low RGB) string {
	if t.pixels {
		return fmt.Sprintf("\x1b[38;2;%d;%d;%d;48;2;%d;%d;%dm▀\x1b[m", up.R, up.G, up.B, low.R, low.G, low.B)
	}
	const shades = " .:-=+*#%@"
	light := (int(up.R) + int(low.R) + 2*(int(up.G)+int(low.G)) + int(up.B) + int(low.B)) / 8
	return shades[light*(len(shades)-1)/255:][:1]
}
