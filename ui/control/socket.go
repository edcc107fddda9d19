package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// dialTimeout is how long a creel on this machine may take to accept.
const dialTimeout = 2 * time.Second

// Dir is where sockets are: $XDG_RUNTIME_DIR/creel, else in creel's state directory.
func Dir(runtimeDir, stateDir string) string {
	if runtimeDir != "" {
		return filepath.Join(runtimeDir, "creel")
	}
	return filepath.Join(stateDir, "run")
}

// Listen opens the socket of this process in a directory, which is made for its
// user alone. Closing the listener removes the socket.
func Listen(dir string) (net.Listener, error) {
	err := os.MkdirAll(dir, 0o700)
	if err == nil {
		err = ownDir(dir)
	}
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	path := filepath.Join(dir, strconv.Itoa(os.Getpid())+".sock")
	_ = os.Remove(path) // of a process that had the same number
	ln, err := net.Listen("unix", path)
	if err != nil {
		return nil, fmt.Errorf("control socket: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		_ = ln.Close()
		return nil, fmt.Errorf("control socket: %w", err)
	}
	return peerListener{ln}, nil
}

// peerListener closes connections of other users at once.
type peerListener struct{ net.Listener }

func (l peerListener) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		if checkPeer(c) == nil {
			return c, nil
		}
		_ = c.Close()
	}
}

// errOtherUser says that the other side of a socket belongs to another user.
var errOtherUser = errors.New("the other side of the socket belongs to another user")

// Running are the sockets of the creels that run. Those of creels that were killed are removed.
func Running(ctx context.Context, dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".sock")
		if _, err := strconv.ParseUint(name, 10, 32); !ok || err != nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		c, err := Dial(ctx, path)
		switch {
		case err == nil:
			_ = c.Close()
			out = append(out, path)
		case isRefused(err):
			_ = os.Remove(path)
		}
	}
	return out, nil
}

// Dial connects to the socket of a creel of the same user.
func Dial(ctx context.Context, path string) (net.Conn, error) {
	c, err := (&net.Dialer{Timeout: dialTimeout}).DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	if err := checkPeer(c); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}
