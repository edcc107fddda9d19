package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"os/user"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"creel/capture"
	"creel/capture/lazy"
	"creel/capture/nats"
	"creel/capture/redact"
	"creel/capture/safe"
	"creel/capture/sqlite"
	"creel/capture/words"
	"creel/forward"
	"creel/ui/engine"
)

// ackEngine is the value of --team-ack that has senders wait for NATS.
const ackEngine = "engine"

// teamTime is how long a command waits for the team's ring.
const teamTime = 20 * time.Second

func newTeam(p *program) *cobra.Command {
	cmd := &cobra.Command{
		Use: "team", Short: "Share what is captured among a team",
		Example: "creel team init nats://localhost:4222/shop\ncreel listen --team nats://localhost:4222/shop\ncreel ls --team nats://localhost:4222/shop",
		RunE:    needsSubcommand,
	}
	cmd.AddCommand(newTeamInit(p),
		p.teamCommand("status", "Show what the team's ring holds", p.teamStatus),
		newTeamDoctor(p),
		p.teamCommand("repair", "Give the streams of the team's ring the settings they need",
			func(ctx context.Context, t *nats.Team) error {
				if err := t.Repair(ctx); err != nil {
					return err
				}
				return p.teamDoctor(ctx, t)
			}))
	return cmd
}

func newTeamDoctor(p *program) *cobra.Command {
	synced := false
	cmd := p.teamCommand("doctor", "Check that the team's ring loses nothing", func(ctx context.Context, t *nats.Team) error {
		if err := p.teamDoctor(ctx, t); err != nil || p.opts.teamAck.value != ackEngine || synced {
			return err
		}
		all, err := t.Status(ctx)
		if err == nil && all[0].Limits.Replicas < 2 {
			err = &exitError{
				code: exitFailure, err: errors.New("--team-ack engine: with one replica a power cut loses what was acknowledged"),
				hint: "make the ring with --replicas 3, or set sync_interval: always in NATS and say --synced",
			}
		}
		return err
	}, []string{"team-ack"})
	cmd.Flags().BoolVar(&synced, "synced", false, "the servers sync before they acknowledge (sync_interval: always)")
	return cmd
}

func newTeamInit(p *program) *cobra.Command {
	var l nats.Limits
	keep, bytes := 0, size(256<<20)
	cmd := p.teamCommand("init", "Make the team's ring, or change its limits", func(ctx context.Context, t *nats.Team) error {
		l.Messages, l.Bytes = int64(keep), int64(bytes)
		if err := t.Init(ctx, l); err != nil {
			return err
		}
		return p.teamStatus(ctx, t)
	})
	cmd.Flags().IntVar(&l.Replicas, "replicas", 1, "on how many servers it is kept: 3 survive the loss of one")
	cmd.Flags().IntVar(&keep, "keep", 100_000, "how many messages are kept: a request, and each change of it")
	cmd.Flags().Var(&bytes, "keep-bytes", "how many bytes are kept, and as many of large bodies and of pins")
	return cmd
}

// teamCommand is a command on the team's ring that its argument or --team names.
func (p *program) teamCommand(name, short string, do func(context.Context, *nats.Team) error, groups ...[]string) *cobra.Command {
	return p.command(&cobra.Command{
		Use: name + " [URL]", Short: short, Example: "creel team " + name + " nats://localhost:4222/shop",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				p.opts.team = args[0]
			}
			if p.opts.team == "" {
				return usagef("needs the URL of the team's ring: nats://HOST:4222/SPACE")
			}
			ctx, cancel := context.WithTimeout(cmd.Context(), teamTime)
			defer cancel()
			t, err := p.connectTeam(ctx)
			if err != nil {
				return err
			}
			defer t.Close()
			return do(ctx, t)
		},
	}, groups...)
}

func (p *program) teamStatus(ctx context.Context, t *nats.Team) error {
	all, err := t.Status(ctx)
	if err != nil {
		return err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "team %v\n", t.Address)
	for _, u := range all {
		fmt.Fprintf(&b, "%s  %s messages, %s of %s, replicas %d", safe.Line(u.Name), words.Number(int(u.Messages)), words.Size(int64(u.Bytes)), words.Size(int64(u.Limits.Bytes)), u.Limits.Replicas)
		if u.Leader != "" && u.Limits.Replicas > 1 {
			fmt.Fprintf(&b, ", leader %s", safe.Line(u.Leader))
		}
		b.WriteByte('\n')
	}
	return p.print(b.String())
}

func (p *program) teamDoctor(ctx context.Context, t *nats.Team) error {
	all, err := t.Status(ctx)
	if err != nil {
		return err
	}
	var lines []string
	for _, u := range all {
		if u.Problem != nil {
			lines = append(lines, safe.Line(u.Problem.Error()).String())
		}
	}
	bad := len(lines)
	if bad == 0 {
		lines = append(lines, "the streams are as they should be")
		if all[0].Limits.Replicas < 2 {
			lines = append(lines, "one replica: the team's ring is lost with its server; each node keeps what it captured")
		}
	}
	err = p.print(strings.Join(lines, "\n") + "\n")
	if err == nil && bad > 0 {
		err = exitf(exitFailure, "%d of %d streams need repair", bad, len(all))
	}
	return err
}

// connectTeam connects to the team's ring and waits until that is done.
func (p *program) connectTeam(ctx context.Context) (*nats.Team, error) {
	a, err := nats.ParseAddress(p.opts.team)
	if err != nil {
		return nil, usagef("%s: %w", p.opts.origin("team"), err)
	}
	t, err := nats.Connect(a, p.teamAccess(), "creel "+p.who())
	if err != nil {
		return nil, err
	}
	wait := time.AfterFunc(time.Second, func() { p.infof("waiting for team %v", a) })
	defer wait.Stop()
	if err := t.Wait(ctx); err != nil {
		t.Close()
		return nil, err
	}
	return t, nil
}

// teamAccess is from the environment and from files: a process list shows flags.
func (p *program) teamAccess() nats.Access {
	get := func(name string) string { v, _ := p.env(name); return v }
	return nats.Access{
		Creds: cmp.Or(p.opts.teamCreds, get("NATS_CREDS")), User: get("NATS_USER"), Password: get("NATS_PASSWORD"),
		Token: get("NATS_TOKEN"), CA: get("NATS_CA"),
	}
}

func (p *program) teamConfig() (c engine.TeamConfig, err error) {
	o := p.opts
	answers, err := p.answers()
	if err != nil {
		return c, err
	}
	if o.team == "" {
		for _, name := range []string{"team-ack", "team-redact", "private", "answer"} {
			if o.from[name] == fromFlag || name == "team-ack" && o.teamAck.value == ackEngine {
				return c, usagef("%s: there is no team: give --team URL", o.origin(name))
			}
		}
		return c, nil
	}
	if c.Address, err = nats.ParseAddress(o.team); err != nil {
		return c, usagef("%s: %w", p.opts.origin("team"), err)
	}
	c.Ack = o.teamAck.value == ackEngine
	c.Access, c.Private, c.Node, c.Who = p.teamAccess(), o.private, token(p.hostName()), p.who()
	c.Answers = answers
	all, err := p.redaction()
	if err != nil {
		return c, err
	}
	c.Redact = redact.Config{Known: all.Known}
	if o.teamRedact {
		c.Redact = all
	}
	return c, nil
}

func (p *program) answers() ([]forward.Target, error) {
	var out []forward.Target
	for _, spec := range p.opts.answer.values {
		t, err := p.opts.target(spec)
		if err == nil && t.Path == "" {
			err = errors.New("needs a path: --answer /stripe=3000")
		}
		if err == nil {
			err = t.Check()
		}
		if err != nil {
			return nil, usagef("%s %s: %w", p.opts.origin("answer"), forward.Redact(spec), err)
		}
		out = append(out, t)
	}
	return out, nil
}

var notToken = lazy.Regexp(`[^A-Za-z0-9_-]+`)

// hostName is what the team calls a node: --team-who, else the name of this machine.
func (p *program) hostName() string {
	name, _ := os.Hostname()
	return cmp.Or(p.opts.teamWho, name, "node")
}

// token is a name as a part of a node's name.
func token(name string) string {
	name = notToken().ReplaceAllString(name, "-")
	return name[:min(len(name), 40)]
}

// who is the user as the team sees them.
func (p *program) who() string {
	if p.opts.teamWho != "" {
		return p.opts.teamWho
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return p.hostName()
}

type teamStore struct {
	team   *nats.Team
	reader *nats.Reader
	who    string
}

// readsTeam reports whether a command is about the team's ring. What is configured is
// for capturing; a command says when it means the team, and --at that it means another.
func (p *program) readsTeam() bool {
	from := p.opts.from["team"]
	return p.opts.team != "" && (from == fromFlag || from == fromEnv && p.at == "")
}

// readTeam reads the team's ring that --team names; nil without one.
func (p *program) readTeam(ctx context.Context) (*history, error) {
	if !p.readsTeam() {
		return nil, nil
	}
	if p.at != "" {
		return nil, usagef("--at and --team exclude each other")
	}
	ctx, cancel := context.WithTimeout(ctx, teamTime)
	defer cancel()
	t, err := p.connectTeam(ctx)
	if err != nil {
		return nil, err
	}
	r, err := nats.Open(ctx, t, func(s string) { p.infof("%s", s) })
	if err != nil {
		t.Close()
		return nil, err
	}
	s := &teamStore{team: t, reader: r, who: p.who()}
	if err := r.Loaded(ctx); err != nil {
		_ = s.Close()
		return nil, err
	}
	return &history{store: s}, nil
}

func (s *teamStore) Get(_ context.Context, id capture.ID) (*capture.Exchange, error) {
	ex, ok := s.reader.Mirror.Get(id)
	if !ok {
		return nil, capture.ErrEvicted
	}
	return ex, nil
}

// Select yields all exchanges: the conditions of a query only spare reading.
func (s *teamStore) Select(_ context.Context, q sqlite.Query) iter.Seq2[*capture.Exchange, error] {
	list := s.reader.Mirror.Snapshot()
	if q.NewestFirst {
		slices.Reverse(list)
	}
	return each(list)
}

func (s *teamStore) IDs(context.Context) ([]capture.ID, error) {
	var ids []capture.ID
	for _, ex := range s.reader.Mirror.Snapshot() {
		ids = append(ids, ex.ID)
	}
	return ids, nil
}

func (s *teamStore) Delete(ctx context.Context, ids []capture.ID) error {
	return s.reader.Apply(ctx, s.who, capture.Op{Delete: ids})
}

func (s *teamStore) Commit(ctx context.Context, ops ...capture.Op) (capture.Receipt, error) {
	kept := slices.Clone(ops)
	for i, op := range ops {
		if op.Attempt == nil {
			continue
		}
		add := *op.Attempt
		if ex, ok := s.reader.Mirror.Get(add.ID); ok && add.Attempt.N == 0 {
			add.Attempt.N = len(ex.Attempts) + 1
		}
		kept[i].Attempt = &add
	}
	return capture.Receipt{Kept: kept}, s.reader.Apply(ctx, s.who, kept...)
}

// Owner says that no one process captures into the team's ring.
func (s *teamStore) Owner(context.Context) (sqlite.Owner, bool, error) {
	return sqlite.Owner{}, false, nil
}

func (s *teamStore) Close() error {
	s.reader.Close()
	s.team.Close()
	return nil
}
