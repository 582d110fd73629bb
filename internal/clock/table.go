package clock

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gongkai/gongkai/internal/calendar"
)

// kept is the calendar that was read last, with its serial. A machine that sees another serial in the database reads again.
type kept struct {
	mu     sync.Mutex
	serial int64
	table  calendar.Table
	full   bool
}

func (k *kept) of(serial int64) (calendar.Table, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.table, k.full && k.serial == serial
}

func (k *kept) keep(serial int64, t calendar.Table) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.full || serial > k.serial {
		k.serial, k.table, k.full = serial, t, true
	}
}

// Table returns the calendar that deadlines are computed with: the notices that came with the program and those of the site
// that are in force.
func (s *Service) Table(ctx context.Context) (t calendar.Table, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		t, _, err = s.table(ctx, tx, false)
		return err
	})
	return t, err
}

// table returns the calendar and its serial. A transaction that writes what was counted with it holds it.
func (s *Service) table(ctx context.Context, tx Tx, hold bool) (calendar.Table, int64, error) {
	serial, err := tx.CalendarSerial(ctx, hold)
	if err != nil {
		return calendar.Table{}, 0, err
	}
	if t, ok := s.kept.of(serial); ok {
		return t, serial, nil
	}
	t, err := s.build(ctx, tx)
	if err != nil {
		return calendar.Table{}, 0, err
	}
	s.kept.keep(serial, t)
	return t, serial, nil
}

// build reads the notices in force. Where the program has come to bring along a notice that the site had entered itself,
// the site's stands: two persons have checked it, and the deadlines rest on it.
func (s *Service) build(ctx context.Context, tx Tx) (calendar.Table, error) {
	added, err := tx.Proposals(ctx, InForce)
	if err != nil {
		return calendar.Table{}, err
	}
	all := s.o.Base.Notices()
	for _, p := range added {
		if err := p.intact(); err != nil {
			return calendar.Table{}, err
		}
		all = slices.DeleteFunc(all, func(n calendar.Notice) bool { return n.Number == p.Notice.Number })
		all = append(all, p.Notice)
	}
	return calendar.NewTable(all...)
}

// baseDigest names the notices that came with the program.
func (s *Service) baseDigest() string {
	var b strings.Builder
	for _, n := range s.o.Base.Notices() {
		b.WriteString(n.Digest())
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// watchFrom is the month from which the next year has to be in the calendar. The notices come out between the end of October
// and the beginning of December.
const watchFrom = time.November

// Missing returns the year whose notice should be in the calendar on a day and is not, 0 where none is: the year itself, and
// from 1 November on the next one.
func Missing(t calendar.Table, today calendar.Date) int {
	switch y := today.Year(); {
	case !t.Covered(y):
		return y
	case today.Month() >= watchFrom && !t.Covered(y+1):
		return y + 1
	}
	return 0
}
