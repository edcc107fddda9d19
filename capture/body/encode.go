package body

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// encoders are the inverse of decoders.
var encoders = map[string]func(io.Writer) (io.WriteCloser, error){
	"gzip":    func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	"br":      func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriter(w), nil },
	"zstd":    func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) },
	"deflate": func(w io.Writer) (io.WriteCloser, error) { return zlib.NewWriter(w), nil },
}

// Encode applies again what Decode undid: data is what Decoded.Data was made to,
// layers are Decoded.Layers.
func Encode(data []byte, layers []string) ([]byte, error) {
	for i := len(layers) - 1; i >= 0; i-- {
		var b bytes.Buffer
		open, known := encoders[layers[i]]
		if !known {
			return nil, fmt.Errorf("content-encoding %s is not known", layers[i])
		}
		w, err := open(&b)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(data); err != nil {
			return nil, err
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		data = b.Bytes()
	}
	return data, nil
}
