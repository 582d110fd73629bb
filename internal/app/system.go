package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gongkai/gongkai/internal/access"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/blob"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/office"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/signin"
	"github.com/gongkai/gongkai/internal/store"
	"github.com/gongkai/gongkai/internal/upkeep"
	"github.com/gongkai/gongkai/internal/work"
)

// System is a site's data, opened, with the use cases over it. Everything that the program does to a site goes through one.
type System struct {
	DB     *store.DB
	Files  blob.Home
	Office *office.Service
	Access *access.Service
	Review *review.Service
	Clock  *clock.Service
	Notice *notice.Service
	Record *audit.Service
	Upkeep *upkeep.Service
	Filing *filing.Service

	o       Options
	outlets *outlets
	wake    func()
	mu      sync.Mutex
}

// Wake tells the workers of this process that there is work.
func (s *System) Wake() {
	s.mu.Lock()
	wake := s.wake
	s.mu.Unlock()
	if wake != nil {
		wake()
	}
}

func (s *System) wakeBy(f func()) {
	s.mu.Lock()
	s.wake = f
	s.mu.Unlock()
}

func (s *System) now() time.Time { return s.o.now() }

// Close puts the data down.
func (s *System) Close() error { return s.DB.Close() }

// StoreOptions are the settings of the database, with the master key: that of the environment, else that of its file, which
// is made when there is none.
func StoreOptions(c config.Config) (o store.Options, err error) {
	var master crypt.Master
	if c.Key != "" {
		master, err = crypt.ParseMaster(c.Key)
	} else {
		master, _, err = crypt.EnsureKeyFile(keyFile(c))
	}
	return store.Options{URL: c.DB, Dir: c.Data, Master: &master, FieldAlg: crypt.Alg(c.Cipher), HashAlg: c.Hash}, err
}

// hasKey reports whether the master key is there before anything is opened.
func hasKey(c config.Config) bool {
	_, err := os.Stat(keyFile(c))
	return c.Key != "" || err == nil
}

// lostKey puts a master key away that was made for data which another one protects: left there, it would be taken for the
// right one by whoever looks for it.
func lostKey(c config.Config, cause error) error {
	err := fault.Wrap(fault.Usage, "serve.key", "没有找到这些数据的主密钥（"+keyFile(c)+"）。请把原来的主密钥文件放回去，或用 --key-file 指向它；不要另建新的", cause)
	return errors.Join(err, os.Remove(keyFile(c)))
}

func keyFile(c config.Config) string {
	if c.KeyFile != "" {
		return c.KeyFile
	}
	return filepath.Join(c.Data, "master.key")
}

func blobPlace(c config.Config) string {
	if c.Blobs != "" {
		return c.Blobs
	}
	return filepath.Join(c.Data, "blobs")
}

// Open opens a site's data. Errors: fault.Usage with what to do where the folder, the database or the files cannot be used.
func Open(ctx context.Context, o Options) (*System, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return open(ctx, o)
}

func open(ctx context.Context, o Options) (*System, error) {
	if err := makeFolder(o.Config.Data); err != nil {
		return nil, badData(o.Config.Data, err)
	}
	had := hasKey(o.Config)
	so, err := StoreOptions(o.Config)
	if err != nil {
		return nil, err
	}
	so.Now, so.Hasty = o.Now, o.hasty
	db, err := store.Open(ctx, so)
	if !had && fault.CodeOf(err) == "crypt.wrong_master" {
		return nil, lostKey(o.Config, err)
	}
	if err != nil {
		return nil, badDatabase(o.Config, err)
	}
	s, err := newSystem(ctx, o, db)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return s, nil
}

func badData(dir string, err error) error {
	return fault.Wrap(fault.Usage, "serve.data", "数据文件夹“"+dir+"”打不开或不能写；请检查路径、权限和磁盘空间", err)
}

func badDatabase(c config.Config, err error) error {
	var told *fault.Error
	switch {
	case errors.As(err, &told):
		return err
	case c.DB != "":
		return fault.Wrap(fault.Usage, "serve.database", "数据库连不上或不能用；请检查 --db 的地址、账号和权限", err)
	}
	return badData(c.Data, err)
}

func newSystem(ctx context.Context, o Options, db *store.DB) (*System, error) {
	files, err := blob.Open(ctx, blobPlace(o.Config))
	if err != nil {
		if o.Config.Blobs == "" {
			return nil, badData(o.Config.Data, err)
		}
		return nil, err
	}
	s := &System{DB: db, Files: files, o: o}
	if s.outlets, err = newOutlets(o.Serve, o.siteName()); err != nil {
		return nil, err
	}
	hasher, err := signin.NewHasher(signin.DefaultCost(), 4)
	if err != nil {
		return nil, err
	}
	s.Notice = notice.NewService(store.Notices(db), s.outlets.can(), s.working, s.Wake)
	s.Office = office.NewService(store.OfficeTelling(db, store.TellOffice(s.Notice)))
	s.Access = access.NewService(store.AccessTelling(db, store.TellAccess(s.Notice)), hasher, policy(o))
	s.Record = audit.NewService(store.Records(db), db.VerifyAudit)
	s.Upkeep = upkeep.NewService(store.Upkeep(db), s.Wake)
	s.Upkeep.UseNames(s.jobAbout)
	s.Filing = filing.NewService(store.Filing(db), bytesOf{files}, o.Limits.Bytes, o.Reader, s.Wake)
	s.Filing.UseTree(s.roster)
	s.Filing.UseHistory(s.history)
	s.Clock = clock.NewService(store.Clock(db, store.TellDeadlines(s.Notice)),
		clock.Options{Base: calendar.Builtin(), Wake: s.Wake, Keepers: s.keepers, Members: s.members})
	s.Review = review.NewService(store.Reviews(db, store.TellReview(s.Notice)), s.days, s.Wake)
	return s, nil
}

func policy(o Options) access.Policy {
	rules := signin.DefaultRules()
	if o.Serve.Classes {
		rules.RequireClasses = 3
	}
	return access.Policy{Passwords: o.Serve.PasswordSign, Factor: o.Serve.SecondFactor, Idle: o.Serve.Idle, Longest: o.Serve.Longest,
		Guard: signin.DefaultPolicy(), Rules: rules, Site: o.siteName()}
}

// working tells the working days by the calendar in force. A calendar that cannot be read makes every day but the weekend one:
// a mail is rather sent on a holiday than lost.
func (s *System) working(d calendar.Date) bool {
	// It is asked within a transaction: should all connections be taken by such ones, they must not wait for each other.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	t, err := s.Clock.Table(ctx)
	if err != nil {
		return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
	}
	return t.Works(d)
}

// days counts working days from the day after a day.
func (s *System) days(from calendar.Date, n int) (calendar.Date, error) {
	t, err := s.Clock.Table(context.Background())
	if err != nil {
		return calendar.Date{}, err
	}
	c, err := t.WorkingDays(from, n)
	return c.Due, err
}

// kinds is how all background work is done; engine reads uploads.
func (s *System) kinds(engine filing.Engine) map[work.Kind]work.Entry {
	all := map[work.Kind]work.Entry{}
	for _, some := range []map[work.Kind]work.Entry{s.Filing.Kinds(engine), s.Clock.Kinds(), s.noticeKinds(), s.dailyKinds(), s.watchKinds()} {
		for k, e := range some {
			all[k] = e
		}
	}
	return all
}

// bytesOf gives the filing its files.
type bytesOf struct{ store blob.Store }

func (b bytesOf) Put(ctx context.Context, r io.Reader, limit int64) (string, int64, error) {
	i, err := b.store.Put(ctx, r, limit)
	return i.Digest, i.Size, err
}

func (b bytesOf) Open(ctx context.Context, digest string) (io.ReadSeekCloser, error) {
	return b.store.Open(ctx, digest)
}

// jobPlaces is the job that brings the places of agencies to the tree of a day, once a day.
const jobPlaces work.Kind = "agency.places"

func (s *System) dailyKinds() map[work.Kind]work.Entry {
	return map[work.Kind]work.Entry{jobPlaces: {Do: func(ctx context.Context, _ work.Job, now time.Time) error {
		if err := s.Office.RefreshPlaces(ctx); err != nil {
			return err
		}
		return s.askPlaces(ctx, now)
	}}}
}

// askPlaces asks for the places to be looked at when the next day begins.
func (s *System) askPlaces(ctx context.Context, now time.Time) error {
	next := calendar.On(now).AddDays(1)
	at := next.At(0, 0).Add(5 * time.Second)
	return store.Work(s.DB).Update(ctx, func(tx work.Tx) error {
		return tx.Enqueue(ctx, work.Ask{Kind: jobPlaces, Key: next.String(), At: at})
	})
}

// start does what has to be done once when a process begins to work.
func (s *System) start(ctx context.Context, now time.Time) error {
	if s.DB.Kind() == "sqlite" {
		// One machine: what an earlier run was doing when it was cut off is due at once. Should another process be doing it
		// still, it is done twice, with the same result.
		if err := store.Work(s.DB).Update(ctx, func(tx work.Tx) error { return tx.Reclaim(ctx) }); err != nil {
			return fmt.Errorf("app: jobs: %w", err)
		}
	}
	if err := s.Office.RefreshPlaces(ctx); err != nil {
		return fmt.Errorf("app: places: %w", err)
	}
	if err := s.askPlaces(ctx, now); err != nil {
		return fmt.Errorf("app: places: %w", err)
	}
	if err := s.askVerify(ctx, calendar.On(now), now); err != nil {
		return fmt.Errorf("app: record: %w", err)
	}
	if err := s.Clock.Start(ctx); err != nil {
		return fmt.Errorf("app: clocks: %w", err)
	}
	return nil
}
