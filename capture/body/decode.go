package body

import (
	"bytes"
	"compress/zlib"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"creel/capture"
	"creel/capture/words"
)

// MaxDecoded is how many bytes decompression gives at most, in each layer.
const MaxDecoded = 8 << 20

// maxLayers is how many encodings are undone.
const maxLayers = 3

// Decoded is a body with its Content-Encoding undone.
type Decoded struct {
	Data []byte // the body itself when nothing was undone
	// Layers are the encodings that were undone, the outermost first.
	Layers []string
	Cut    bool // there is more than MaxDecoded
	// Err is why not all of it could be decoded; Data is what could.
	Err error
}

// decoders are the encodings of RFC 9110 section 8.4.1, RFC 7932 and RFC 8878.
var decoders = map[string]func(*bytes.Reader) (io.Reader, error){
	"gzip": func(r *bytes.Reader) (io.Reader, error) { return gzip.NewReader(r) },
	"br":   func(r *bytes.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
	"zstd": func(r *bytes.Reader) (io.Reader, error) {
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(MaxDecoded))
	},
	"deflate": inflater,
}

// inflater reads the zlib format that "deflate" names, or the bare deflate
// that some senders mean by it.
func inflater(r *bytes.Reader) (io.Reader, error) {
	z, err := zlib.NewReader(r)
	if err == nil {
		return z, nil
	}
	_, err = r.Seek(0, io.SeekStart)
	return flate.NewReader(r), err
}

// Decode undoes the Content-Encoding that fields name. It never gives more than
// MaxDecoded bytes of decompressed data, nor holds more in a layer between.
func Decode(raw []byte, fields []capture.Field) Decoded { return decode(raw, fields, MaxDecoded) }

func decode(raw []byte, fields []capture.Field, most int64) Decoded {
	d := Decoded{Data: raw}
	codings := codingsOf(fields)
	if len(codings) == 0 {
		if c := sniffCoding(raw); c != "" {
			codings = []string{c}
		}
	}
	for i := len(codings) - 1; i >= 0 && d.Err == nil && len(raw) > 0; i-- {
		if len(d.Layers) == maxLayers {
			d.Err = fmt.Errorf("more than %d encodings: %s is not undone", maxLayers, codings[i])
			break
		}
		d.undo(codings[i], most)
	}
	return d
}

func (d *Decoded) undo(coding string, most int64) {
	open, known := decoders[coding]
	if !known {
		d.Err = fmt.Errorf("content-encoding %s is not known: shown as it came", coding)
		return
	}
	r, err := open(bytes.NewReader(d.Data))
	var out []byte
	if err == nil {
		out, err = readSome(r, most)
	}
	if len(out) == 0 && err != nil {
		d.Err = fmt.Errorf("content-encoding says %s, which it is not: %w", coding, err)
		return
	}
	d.Layers = append(d.Layers, coding)
	d.Data = out
	switch {
	case errors.Is(err, errCut):
		d.Cut = true
	case err != nil:
		d.Err = fmt.Errorf("%s: damaged after %s: %w", coding, words.Size(int64(len(out))), err)
	}
}

var errCut = errors.New("cut")

// readSome reads so many bytes at most; errCut says that there are more.
func readSome(r io.Reader, most int64) ([]byte, error) {
	if c, ok := r.(interface{ Close() }); ok { // zstd holds goroutines and buffers
		defer c.Close()
	}
	out, err := io.ReadAll(io.LimitReader(r, most+1))
	if int64(len(out)) > most {
		return out[:most], errCut
	}
	return out, err
}

// codingsOf lists the encodings in the order they were applied.
func codingsOf(fields []capture.Field) []string {
	var codings []string
	for c := range capture.ListItems(fields, "Content-Encoding") {
		switch c = strings.ToLower(c); c {
		case "identity":
		case "x-gzip":
			codings = append(codings, "gzip")
		default:
			codings = append(codings, c)
		}
	}
	return codings
}

// sniffCoding recognises compressed data that no field announces.
func sniffCoding(raw []byte) string {
	switch {
	case bytes.HasPrefix(raw, []byte{0x1f, 0x8b, 8}):
		return "gzip"
	case bytes.HasPrefix(raw, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return "zstd"
	}
	return ""
}

// Searched is how filters get at the body of a request: with its Content-Encoding and
// charset undone; nil where it cannot be read.
func Searched(ctx context.Context) func(*capture.Exchange) []byte {
	return func(ex *capture.Exchange) []byte {
		raw, err := ex.Request.Body.Bytes(ctx)
		if err != nil {
			return nil
		}
		data := Decode(raw, ex.Request.Fields).Data
		if !mayBeOtherThanUTF8(data, ex.Request.Fields) {
			return data
		}
		return Read(raw, ex.Request.Fields).Text
	}
}
