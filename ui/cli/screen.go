package cli

import (
	"context"
	"errors"
)

func (p *program) screen(ctx context.Context) error { return errors.New("screen: not built yet") }
