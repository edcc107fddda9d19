package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/export"
	"creel/capture/provider"
	"creel/capture/sqlite"
	"creel/capture/words"
)

func newImport(p *program) *cobra.Command {
	return p.command(&cobra.Command{
		Use:   "import FILE...",
		Short: "Take requests from files into the history",
		Long: `Take requests from files into the history: creel's JSON lines, HAR, raw HTTP,
.http files, curl command lines, GitHub's recent deliveries (the text of the
page, or of the API), ngrok's requests and Postman collections, told apart by
their content; - is standard input. They get new ids in the order of the files.

An entry that cannot be read is left out and named. Entries of a HAR that are
not HTTP are left out. When the bounds of the history are too small for the
files, nothing is imported.`,
		Example: `creel import stripe.jsonl
creel import browser.har --keep 50000
pbpaste | creel import -`,
		Args: atLeast(1, "at least one file, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error { return p.importFiles(cmd.Context(), args) },
	}, []string{"max-body", "keep", "keep-bytes"}, []string{"secret", "public-url"})
}

func (p *program) importFiles(ctx context.Context, names []string) error {
	set, err := p.providers()
	if err != nil {
		return err
	}
	im := &importer{program: p, set: set, leftOut: leftOut{program: p}}
	im.progress = p.progress("reading", 0)
	total, bytes, err := im.count(ctx, names) // first: no history is made for what cannot be read
	if err != nil {
		return im.report(err)
	}
	if im.history, err = p.openFileHistory(sqlite.Write); err != nil {
		return err
	}
	defer im.history.close()
	if im.room, err = p.importRoom(ctx, im.history); err != nil {
		return err
	}
	if err := im.room.check(total, bytes); err != nil {
		return im.report(err)
	}
	im.progress = p.progress("importing", total)
	for _, name := range names {
		if err = im.file(ctx, name); err != nil {
			break
		}
	}
	err = cmp.Or(err, im.commit(context.WithoutCancel(ctx)))
	if im.last != 0 {
		p.awaitRunning(ctx, im.last)
	}
	return im.report(err)
}

// seenWithin bounds how long an import waits for a creel that captures into the history.
const seenWithin = 2 * time.Second

// awaitRunning waits until a creel that captures into the history has seen what was imported.
func (p *program) awaitRunning(ctx context.Context, id capture.ID) {
	h, _, err := p.readRunning(ctx)
	if h == nil || err != nil {
		return
	}
	defer h.close()
	ctx, cancel := context.WithTimeout(ctx, seenWithin)
	defer cancel()
	for ctx.Err() == nil {
		if _, err := h.store.Get(ctx, id); err == nil {
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// importer takes files into a history, a batch at a time.
type importer struct {
	*program
	history  *history
	set      *provider.Set
	room     importRoom
	progress *progress

	ids      map[capture.ID]imported // of the file that is read
	batch    []*capture.Exchange
	last     capture.ID   // the newest that was kept
	fileIDs  []capture.ID // of the batch
	attempts []capture.Op // of exchanges that are committed
	size     int64        // of the batch
	done     int
	leftOut  leftOut
}

// imported is where an exchange of the file went.
type imported struct {
	id       capture.ID
	waiting  *capture.Exchange // in the batch, without an id yet
	attempts int               // the number of its last one
}

// The most that one commit takes.
const (
	importBatch      = 256
	importBatchBytes = 16 << 20
)

// count reads the files that can be read twice and returns how many exchanges
// they hold, and of how many bytes. It is an error when there is a file of which
// nothing can be read.
func (im *importer) count(ctx context.Context, names []string) (n int, bytes int64, err error) {
	defer im.progress.clear()
	for _, name := range names {
		if name == "-" {
			continue
		}
		if info, err := os.Stat(name); err != nil {
			return 0, 0, readError(name, err)
		} else if !info.Mode().IsRegular() {
			continue
		}
		before := n
		for item, err := range im.items(ctx, name) {
			if cause := context.Cause(ctx); cause != nil {
				return 0, 0, cause
			}
			_, skipped := errors.AsType[*export.Skipped](err)
			switch {
			case err == nil && item.Exchange != nil:
				n, bytes = n+1, bytes+item.Exchange.Footprint()
				im.progress.at(n)
			case err != nil && n == before && !skipped:
				return 0, 0, readError(name, err)
			}
		}
	}
	return n, bytes, nil
}

// file imports one file. Its error names the file.
func (im *importer) file(ctx context.Context, name string) error {
	im.ids = map[capture.ID]imported{}
	for item, err := range im.items(ctx, name) {
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		if skipped, ok := errors.AsType[*export.Skipped](err); ok {
			im.progress.clear()
			im.leftOut.name = name
			im.leftOut.add(skipped)
			continue
		} else if err != nil {
			return readError(name, err)
		}
		im.add(item)
		if len(im.batch)+len(im.attempts) >= importBatch || im.size >= importBatchBytes {
			if err := im.commit(ctx); err != nil {
				return err
			}
		}
	}
	return im.commit(ctx)
}

func (im *importer) add(item export.Item) {
	if ex := item.Exchange; ex != nil {
		if ex.ImportedFrom == 0 {
			im.set.Identify(ex)
		}
		im.batch, im.fileIDs = append(im.batch, ex), append(im.fileIDs, item.ID)
		im.size += ex.Footprint()
		if item.ID != 0 {
			im.ids[item.ID] = imported{waiting: ex}
		}
		return
	}
	switch to, ok := im.ids[item.ID]; {
	case !ok: // its exchange is in another file
	case to.waiting != nil:
		if !export.HasAttempt(to.waiting, item.Attempt.N) {
			to.waiting.Attempts = append(to.waiting.Attempts, item.Attempt)
		}
	case item.Attempt.N > to.attempts:
		to.attempts = item.Attempt.N
		im.ids[item.ID] = to
		im.attempts = append(im.attempts, capture.Op{Attempt: &capture.AttemptAdd{ID: to.id, Attempt: *item.Attempt}})
	}
}

// commit keeps the batch, durable on return.
func (im *importer) commit(ctx context.Context) error {
	if len(im.batch)+len(im.attempts) == 0 {
		return nil
	}
	if err := im.room.check(im.done+len(im.batch), im.room.taken+im.size); err != nil {
		im.batch, im.attempts = nil, nil
		return err
	}
	ops := im.attempts
	for _, ex := range im.batch {
		ops = append(ops, capture.Op{Add: ex})
	}
	receipt, err := im.history.store.Commit(ctx, ops...)
	if err != nil {
		im.batch, im.attempts = nil, nil
		return fmt.Errorf("import: %w", err)
	}
	im.done += len(im.batch)
	im.room.taken += im.size
	i := 0
	for _, op := range receipt.Kept {
		if op.Add == nil {
			continue
		}
		im.last = op.Add.ID
		if from := im.fileIDs[i]; from != 0 && im.ids[from].waiting == im.batch[i] {
			im.ids[from] = imported{id: op.Add.ID, attempts: lastAttempt(im.batch[i])}
		}
		i++
	}
	im.batch, im.fileIDs, im.attempts, im.size = nil, nil, nil, 0
	im.progress.at(im.done)
	return nil
}

func lastAttempt(ex *capture.Exchange) (n int) {
	for _, a := range ex.Attempts {
		n = max(n, a.N)
	}
	return n
}

// report says what was imported, and returns how the command ends.
func (im *importer) report(err error) error {
	im.progress.clear()
	text := "imported " + words.Number(im.done)
	if im.leftOut.n > 0 {
		text += fmt.Sprintf(", left out %s that cannot be read", words.Number(im.leftOut.n))
	}
	if err != nil && im.done > 0 {
		text += "; they are kept"
	}
	if err == nil || im.done > 0 || im.leftOut.n > 0 || errors.As(err, &interrupted{}) {
		im.infof("%s", text)
	}
	if err == nil && im.leftOut.n > 0 {
		return &exitError{code: exitFailure}
	}
	return err
}

// importRoom is how much the history may hold, and holds.
type importRoom struct {
	capture.Bounds
	live  bool // they are those of the creel that captures into it
	kept  int
	used  int64
	taken int64 // bytes that were imported
}

// importRoom finds the bounds: of the running creel, else the given ones, else of the last one.
func (p *program) importRoom(ctx context.Context, h *history) (importRoom, error) {
	g, err := h.file.Stats(ctx)
	if err != nil {
		return importRoom{}, err
	}
	r := importRoom{Bounds: g.Bounds, kept: g.Kept, used: g.Used}
	_, r.live, err = h.store.Owner(ctx)
	given := func(name string) bool { return p.opts.from[name] != fromDefault }
	if !r.live && (given("keep") || r.Count == 0) {
		r.Count = p.opts.keep
	}
	if !r.live && (given("keep-bytes") || r.Bytes == 0) {
		r.Bytes = int64(p.opts.keepBytes)
	}
	return r, err
}

// check is an error when n more exchanges of so many bytes would make the ring evict older ones.
func (r importRoom) check(n int, bytes int64) error {
	who, what := "the history keeps", "--"
	if r.live {
		who, what = "the running creel keeps", "starting it with --"
	}
	if over := r.kept + n - r.Count; over > 0 {
		return exitf(exitFailure, "%s %s: the oldest %s would go; %skeep %d keeps them", who, words.Number(r.Count), words.Number(over), what, r.kept+n)
	}
	if over := r.used + bytes - r.Bytes; over > 0 {
		most, need := size(r.Bytes), size((r.used+bytes+1<<20-1)>>20<<20)
		return exitf(exitFailure, "%s %s: the oldest would go, %s are too many; %skeep-bytes %s keeps them", who, &most, words.Number(int(over))+" bytes", what, &need)
	}
	return nil
}
