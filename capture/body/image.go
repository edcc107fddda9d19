package body

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	_ "image/gif" // the formats that are drawn
	_ "image/jpeg"
	_ "image/png"
	"strings"

	"creel/capture/safe"
	"creel/capture/words"
)

// The size of a drawn image in cells, and how many pixels it may have to be
// drawn at all.
const (
	imageColumns = 48
	imageRows    = 24
	maxPixels    = 4 << 20
)

// pictures are the image formats that are known by their first bytes.
var pictures = []struct {
	name, magic string
	size        func([]byte) (w, h int)
}{
	{"PNG", "\x89PNG\r\n\x1a\n", configSize},
	{"JPEG", "\xff\xd8\xff", configSize},
	{"GIF", "GIF8", configSize},
	{"WebP", "RIFF", webpSize},
	{"BMP", "BM", bmpSize},
	{"ICO", "\x00\x00\x01\x00", icoSize},
	{"TIFF", "II*\x00", nil},
	{"TIFF", "MM\x00*", nil},
}

func fitsImage(c *Content) int {
	i := pictureOf(c.Data)
	switch {
	case i >= 0 && (strings.HasPrefix(c.Media, "image/") || len(pictures[i].magic) > 3):
		return certain
	case c.is("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/heic"):
		return declared
	}
	return unfit
}

func pictureOf(data []byte) int {
	for i := range pictures {
		p := &pictures[i]
		if bytes.HasPrefix(data, []byte(p.magic)) && (p.name != "WebP" || len(data) > 12 && string(data[8:12]) == "WEBP") {
			return i
		}
	}
	return -1
}

// openImage says what an image is and draws it small, two pixels in a cell.
func openImage(ctx context.Context, c *Content) (*View, error) {
	i := pictureOf(c.Data)
	if i < 0 {
		return nil, fmt.Errorf("the content does not begin as %s does", c.Media)
	}
	w, h := 0, 0
	if size := pictures[i].size; size != nil {
		w, h = size(c.Data)
	}
	var b builder
	spans := []Span{{Keyword, safe.Line(pictures[i].name)}, {Text, safe.Const(" image")}}
	if w > 0 && h > 0 {
		spans = append(spans, Span{Punct, safe.Const(", ")}, Span{Number, safe.Linef("%d × %d", w, h)})
	}
	b.line(0, len(c.Data), append(spans, Span{Comment, safe.Line(", " + words.Size(int64(len(c.Data))))})...)
	if w > 0 && h > 0 && w*h <= maxPixels && ctx.Err() == nil {
		drawImage(&b, c.Data)
	}
	return b.view(), nil
}

func configSize(data []byte) (int, int) {
	cfg, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0
	}
	return cfg.Width, cfg.Height
}

// webpSize reads the size from the three kinds of WebP
// (developers.google.com/speed/webp/docs/riff_container).
func webpSize(d []byte) (int, int) {
	if len(d) < 30 {
		return 0, 0
	}
	le := binary.LittleEndian
	switch string(d[12:16]) {
	case "VP8X":
		return int(le.Uint32(d[24:])&0xffffff) + 1, int(le.Uint32(d[26:])>>8) + 1
	case "VP8L":
		n := le.Uint32(d[21:])
		return int(n&0x3fff) + 1, int(n>>14&0x3fff) + 1
	case "VP8 ":
		return int(le.Uint16(d[26:]) & 0x3fff), int(le.Uint16(d[28:]) & 0x3fff)
	}
	return 0, 0
}

func bmpSize(d []byte) (int, int) {
	if len(d) < 26 {
		return 0, 0
	}
	h := int(int32(binary.LittleEndian.Uint32(d[22:])))
	return int(int32(binary.LittleEndian.Uint32(d[18:]))), max(h, -h)
}

// icoSize is that of the first image; 0 stands for 256.
func icoSize(d []byte) (int, int) {
	if len(d) < 8 {
		return 0, 0
	}
	return (int(d[6])+255)%256 + 1, (int(d[7])+255)%256 + 1
}

func drawImage(b *builder, data []byte) {
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		b.line(0, 0, Span{Error, safe.Line(err.Error())})
		return
	}
	size := img.Bounds().Size()
	w := min(imageColumns, size.X)
	h := max(1, size.Y*w/size.X)
	if h > 2*imageRows {
		h = 2 * imageRows
		w = max(1, size.X*h/size.Y)
	}
	for y := 0; y < h; y += 2 {
		row := make([][2]RGB, w)
		for x := range row {
			row[x] = [2]RGB{average(img, x, y, w, h), average(img, x, min(y+1, h-1), w, h)}
		}
		b.picture(len(data), row)
	}
}

// average is the colour of one of w by h pieces of an image, on black.
func average(img image.Image, x, y, w, h int) RGB {
	r := img.Bounds()
	x0, x1 := r.Min.X+x*r.Dx()/w, r.Min.X+max((x+1)*r.Dx()/w, x*r.Dx()/w+1)
	y0, y1 := r.Min.Y+y*r.Dy()/h, r.Min.Y+max((y+1)*r.Dy()/h, y*r.Dy()/h+1)
	var sr, sg, sb, n uint64
	for py := y0; py < y1; py++ {
		for px := x0; px < x1; px++ {
			r, g, b, _ := img.At(px, py).RGBA()
			sr, sg, sb, n = sr+uint64(r), sg+uint64(g), sb+uint64(b), n+1
		}
	}
	return RGB{uint8(sr / n >> 8), uint8(sg / n >> 8), uint8(sb / n >> 8)}
}
