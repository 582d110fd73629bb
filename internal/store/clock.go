package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
	"github.com/gongkai/gongkai/internal/notice"
)

// Clock gives the calendar and the deadlines their store. tell leaves a notice for a person in the transaction; the same
// person and key is told once.
func Clock(db *DB, tell func(context.Context, *Tx, clock.Telling) error) As[clock.Tx] {
	return For(db, func(tx *Tx) clock.Tx { return clockTx{tx, tell} })
}

// ClockTx is a transaction as deadlines need it, for use cases whose deadlines they are.
func ClockTx(tx *Tx, tell func(context.Context, *Tx, clock.Telling) error) clock.Tx {
	return clockTx{tx, tell}
}

// TellDeadlines tells people of deadlines and of the calendar by notices, each in the transaction of its fact.
func TellDeadlines(n *notice.Service) func(context.Context, *Tx, clock.Telling) error {
	return func(ctx context.Context, tx *Tx, t clock.Telling) error {
		var d notice.Data
		switch t.Kind {
		case clock.TellSoon:
			d = notice.DeadlineSoon{Matter: t.Matter, Step: t.Step, Due: t.Due, Left: t.Days}
		case clock.TellLate:
			if t.Matters > 1 {
				t.Step += fmt.Sprintf("（共 %d 件逾期，这件最早）", t.Matters)
			}
			d = notice.DeadlineLate{Matter: t.Matter, Step: t.Step, Due: t.Due, Over: t.Days}
		case clock.TellChanged:
			d = notice.CalendarChanged{Notice: t.Notice, Matters: t.Matters}
		case clock.TellMissing:
			d = notice.CalendarMissing{Year: t.Year}
		default:
			return fmt.Errorf("store: nothing is told of %q", t.Kind)
		}
		_, err := n.TellIn(ctx, noticeTx{tx}, notice.Person(t.To), d, notice.About{Agency: string(t.Agency), Link: t.Link, Key: t.Key})
		return err
	}
}

type clockTx struct {
	*Tx
	tell func(context.Context, *Tx, clock.Telling) error
}

var _ clock.Tx = clockTx{}

// Tell leaves a notice for a person.
func (tx clockTx) Tell(ctx context.Context, t clock.Telling) error { return tx.tell(ctx, tx.Tx, t) }

// The settings of the calendar.
const (
	calendarSetting = "calendar"
	marksSetting    = "clock.marks"
)

// CalendarSerial counts the changes of the calendar. Many may hold it at once; who changes it waits for them all.
func (tx clockTx) CalendarSerial(ctx context.Context, hold bool) (int64, error) {
	lock := ""
	if hold && tx.db.forUpdate != "" {
		lock = " FOR SHARE"
	}
	n, ok, err := one(ctx, tx, scanInt, `SELECT serial FROM settings WHERE name = ?`+lock, calendarSetting)
	if err == nil && !ok {
		err = errors.New("store: the serial of the calendar is missing")
	}
	return n, err
}

// BumpCalendar counts one change of the calendar.
func (tx clockTx) BumpCalendar(ctx context.Context) (int64, error) {
	n, ok, err := one(ctx, tx, scanInt, `UPDATE settings SET serial = serial + 1 WHERE name = ? RETURNING serial`, calendarSetting)
	if err == nil && !ok {
		err = errors.New("store: the serial of the calendar is missing")
	}
	tx.dirty = true
	return n, err
}

// CalendarBase is the digest of the notices built into the program that counted last.
func (tx clockTx) CalendarBase(ctx context.Context) (string, error) {
	return tx.value(ctx, calendarSetting)
}

// SaveCalendarBase keeps it.
func (tx clockTx) SaveCalendarBase(ctx context.Context, digest string) error {
	return tx.must(ctx, `UPDATE settings SET value = ? WHERE name = ?`, digest, calendarSetting)
}

// Marks returns the setting of the reminders.
func (tx clockTx) Marks(ctx context.Context) (string, error) { return tx.value(ctx, marksSetting) }

// SaveMarks keeps it.
func (tx clockTx) SaveMarks(ctx context.Context, s string) error {
	_, err := tx.exec(ctx, `INSERT INTO settings (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value, serial = settings.serial + 1`, marksSetting, s)
	return err
}

func (tx clockTx) value(ctx context.Context, name string) (string, error) {
	s, _, err := one(ctx, tx, scanString, `SELECT value FROM settings WHERE name = ?`, name)
	return s, err
}

const proposalColumns = `id, number, title, issued, known, years, days, source, digest, state, proposed_by, proposed_for,
	proposed_name, proposed_at, reviewed_by, reviewed_for, reviewed_name, reviewed_at, comment, serial`

func scanProposal(scan func(...any) error) (p clock.Proposal, err error) {
	var years, days string
	var proposed, reviewed int64
	err = scan(&p.ID, &p.Notice.Number, &p.Notice.Title, (*dated)(&p.Notice.Issued), (*dated)(&p.Notice.Known), &years, &days,
		&p.Notice.Source, &p.Digest, &p.State, &p.Proposed.Person, &p.Proposed.For, &p.Proposed.Name, &proposed,
		&p.Reviewed.Person, &p.Reviewed.For, &p.Reviewed.Name, &reviewed, &p.Comment, &p.Serial)
	if err != nil {
		return p, err
	}
	p.Proposed.At, p.Reviewed.At = instant(proposed), instant(reviewed)
	if p.Notice.Years, err = clock.DecodeYears(years); err != nil {
		return p, err
	}
	p.Notice.Days, err = clock.DecodeDays(days)
	return p, err
}

// dated reads a date that is kept as text.
type dated calendar.Date

// Scan reads the text; nothing is no date.
func (d *dated) Scan(v any) error {
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("store: a date is %T, not text", v)
	}
	return (*calendar.Date)(d).UnmarshalText([]byte(s))
}

// Proposals lists the notices of the site in a state, the newest first.
func (tx clockTx) Proposals(ctx context.Context, s clock.State) ([]clock.Proposal, error) {
	return list(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM calendar_notices WHERE ? = '' OR state = ? ORDER BY id DESC`, s, s)
}

// Proposal returns a notice of the site.
func (tx clockTx) Proposal(ctx context.Context, id clock.ProposalID) (clock.Proposal, error) {
	p, ok, err := one(ctx, tx, scanProposal, `SELECT `+proposalColumns+` FROM calendar_notices WHERE id = ?`, id)
	if err == nil && !ok {
		err = errGone
	}
	return p, err
}

// SaveProposal keeps a new notice, or the state of one.
func (tx clockTx) SaveProposal(ctx context.Context, p clock.Proposal) error {
	if p.Serial > 0 {
		return tx.fresh(ctx, `UPDATE calendar_notices SET state = ?, reviewed_by = ?, reviewed_for = ?, reviewed_name = ?, reviewed_at = ?,
			comment = ?, serial = serial + 1 WHERE id = ? AND serial = ?`,
			p.State, p.Reviewed.Person, p.Reviewed.For, p.Reviewed.Name, millis(p.Reviewed.At), p.Comment, p.ID, p.Serial)
	}
	return tx.fresh(ctx, `INSERT INTO calendar_notices (id, number, title, issued, known, years, days, source, digest, state,
		proposed_by, proposed_for, proposed_name, proposed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		p.ID, p.Notice.Number, p.Notice.Title, p.Notice.Issued.String(), p.Notice.Known.String(), clock.EncodeYears(p.Notice.Years),
		clock.EncodeDays(p.Notice), p.Notice.Source, p.Digest, p.State, p.Proposed.Person, p.Proposed.For, p.Proposed.Name, millis(p.Proposed.At))
}

const clockColumns = `c.id, c.agency_id, c.subject_kind, c.subject_id, c.title, c.owner_id, c.section_id, c.input, c.due, c.provisional,
	c.counted, c.frozen, c.document, c.opened_at, c.changed_at, c.closed_at, c.outcome, c.serial`

func scanClock(scan func(...any) error) (c clock.Clock, err error) {
	var input string
	var provisional, opened, changed, closed int64
	err = scan(&c.ID, &c.Agency, &c.Subject.Kind, &c.Subject.ID, &c.Title, &c.Owner.Person, &c.Owner.Section, &input, (*dated)(&c.Due),
		&provisional, &c.Counted, (*dated)(&c.Frozen), &c.Document, &opened, &changed, &closed, &c.Outcome, &c.Serial)
	if err != nil {
		return c, err
	}
	c.Provisional = provisional != 0
	c.Opened, c.Changed, c.Closed = instant(opened), instant(changed), instant(closed)
	c.Input, err = clock.DecodeInput(input)
	return c, err
}

// Clock returns a clock.
func (tx clockTx) Clock(ctx context.Context, id clock.ID) (clock.Clock, error) {
	c, ok, err := one(ctx, tx, scanClock, `SELECT `+clockColumns+` FROM clocks c WHERE c.id = ?`, id)
	if err == nil && !ok {
		err = errGone
	}
	return c, err
}

// ClocksOf lists the clocks of a subject.
func (tx clockTx) ClocksOf(ctx context.Context, s clock.Subject) ([]clock.Clock, error) {
	return list(ctx, tx, scanClock, `SELECT `+clockColumns+` FROM clocks c WHERE c.subject_kind = ? AND c.subject_id = ? ORDER BY c.id`, s.Kind, s.ID)
}

// SaveClock keeps a new clock, or one that nobody else has changed.
func (tx clockTx) SaveClock(ctx context.Context, c clock.Clock) error {
	input, err := clock.EncodeInput(c.Input)
	if err != nil {
		return err
	}
	if c.Serial > 0 {
		return tx.fresh(ctx, `UPDATE clocks SET title = ?, owner_id = ?, section_id = ?, input = ?, due = ?, provisional = ?, counted = ?,
			frozen = ?, document = ?, changed_at = ?, closed_at = ?, outcome = ?, serial = serial + 1 WHERE id = ? AND serial = ?`,
			c.Title, c.Owner.Person, c.Owner.Section, input, c.Due.String(), flag(c.Provisional), c.Counted, c.Frozen.String(), c.Document,
			millis(c.Changed), millis(c.Closed), c.Outcome, c.ID, c.Serial)
	}
	return tx.fresh(ctx, `INSERT INTO clocks (id, agency_id, subject_kind, subject_id, kind, title, owner_id, section_id, input, due,
		provisional, counted, opened_at, changed_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		c.ID, c.Agency, c.Subject.Kind, c.Subject.ID, c.Input.Kind, c.Title, c.Owner.Person, c.Owner.Section, input, c.Due.String(),
		flag(c.Provisional), c.Counted, millis(c.Opened), millis(c.Changed))
}

// OpenClocks lists running clocks by id.
func (tx clockTx) OpenClocks(ctx context.Context, after clock.ID, limit int) ([]clock.Clock, error) {
	return list(ctx, tx, scanClock, `SELECT `+clockColumns+` FROM clocks c WHERE c.closed_at = 0 AND c.id > ? ORDER BY c.id LIMIT ?`, after, limit)
}

// StaleClocks lists running clocks that were counted with an earlier calendar.
func (tx clockTx) StaleClocks(ctx context.Context, serial int64, limit int) ([]clock.Clock, error) {
	return list(ctx, tx, scanClock, `SELECT `+clockColumns+` FROM clocks c WHERE c.closed_at = 0 AND c.counted < ?
		ORDER BY c.counted, c.id LIMIT ? {for update}`, serial, limit)
}

// LateClocks lists running clocks of these kinds that were due before a day.
func (tx clockTx) LateClocks(ctx context.Context, kinds []deadline.Kind, before calendar.Date, after clock.ID, limit int) ([]clock.Clock, error) {
	cond, args := inKinds(kinds)
	args = append(args, before.String(), after, limit)
	return list(ctx, tx, scanClock, `SELECT `+clockColumns+` FROM clocks c WHERE c.closed_at = 0 AND `+cond+` AND c.due < ? AND c.id > ?
		ORDER BY c.id LIMIT ?`, args...)
}

func inKinds(kinds []deadline.Kind) (string, []any) {
	return inList("c.kind", kinds)
}

func inList[T ~string](column string, all []T) (string, []any) {
	if len(all) == 0 {
		return "1 = 0", nil
	}
	args := make([]any, len(all))
	for i, v := range all {
		args[i] = string(v)
	}
	return column + " IN (?" + strings.Repeat(", ?", len(all)-1) + ")", args
}

// Recounted keeps the derived fields of a clock that moved.
func (tx clockTx) Recounted(ctx context.Context, c clock.Clock) error {
	return tx.fresh(ctx, `UPDATE clocks SET due = ?, provisional = ?, counted = ?, changed_at = ?, serial = serial + 1 WHERE id = ? AND serial = ?`,
		c.Due.String(), flag(c.Provisional), c.Counted, millis(c.Changed), c.ID, c.Serial)
}

// Unmoved keeps that clocks were counted again and came out as they were: nothing of anybody's work has changed.
func (tx clockTx) Unmoved(ctx context.Context, ids []clock.ID, serial int64) error {
	if len(ids) == 0 {
		return nil
	}
	cond, args := inList("id", ids)
	_, err := tx.quiet(ctx, `UPDATE clocks SET counted = ? WHERE `+cond, append([]any{serial}, args...)...)
	return err
}

// reach is the condition of a query over clocks. The place of an agency is looked up once for each agency.
func reach(q clock.Query) (string, []any) {
	where, args := []string{"c.closed_at = 0"}, []any{}
	if q.ID != "" {
		where, args = []string{"c.id = ?"}, []any{q.ID}
	}
	add := func(cond string, v ...any) { where, args = append(where, cond), append(args, v...) }
	if !q.Scope.All {
		cond, more := scopeSQL(q.Scope, "a.path")
		add("c.agency_id IN (SELECT a.id FROM agencies a WHERE "+cond+")", more...)
	}
	if len(q.Owners) > 0 {
		cond, more := inList("c.owner_id", q.Owners)
		add(cond, more...)
	}
	return strings.Join(where, " AND "), args
}

// Clocks lists running clocks by when they are due.
func (tx clockTx) Clocks(ctx context.Context, q clock.Query) ([]clock.Clock, error) {
	cond, args := reach(q)
	if q.After != (clock.Cursor{}) {
		cond += ` AND (c.due > ? OR c.due = ? AND c.id > ?)`
		args = append(args, q.After.Due.String(), q.After.Due.String(), q.After.ID)
	}
	return list(ctx, tx, scanClock, `SELECT `+clockColumns+` FROM clocks c WHERE `+cond+` ORDER BY c.due, c.id LIMIT ?`, append(args, q.Limit)...)
}

// CountLate is how many of the clocks that a query reaches were due before a day.
func (tx clockTx) CountLate(ctx context.Context, q clock.Query, kinds []deadline.Kind, before calendar.Date) (int, error) {
	cond, args := reach(q)
	in, more := inKinds(kinds)
	args = append(append(args, more...), before.String())
	n, _, err := one(ctx, tx, scanInt, `SELECT COUNT(*) FROM clocks c WHERE `+cond+` AND `+in+` AND c.due < ?`, args...)
	return int(n), err
}
