package store

import (
	"context"
	"strings"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/crypt"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/office"
)

const personColumns = `id, name, account, phone, email, password, must_change, totp, totp_step, created_at, closed_at, serial`

// scanPerson reads a person with the protected fields closed.
func scanPerson(scan func(...any) error) (p account.Person, err error) {
	var must, created, closed int64
	err = scan(&p.ID, &p.Name, &p.Account, &p.Phone, &p.Email, &p.Password, &must, &p.TOTP, &p.TOTPStep, &created, &closed, &p.Serial)
	p.MustChange, p.Created, p.Closed = must != 0, instant(created), instant(closed)
	return p, err
}

// masked opens the protected fields of a person and masks them; the proofs are left out.
func (tx officeTx) masked(p account.Person) (account.Person, error) {
	m := crypt.DefaultMasks()
	phone, err := tx.openField("persons", "phone", string(p.ID), p.Phone)
	if err != nil {
		return p, err
	}
	email, err := tx.openField("persons", "email", string(p.ID), p.Email)
	if err != nil {
		return p, err
	}
	p.Phone, p.Email = mask(m, crypt.Phone, phone), mask(m, crypt.Email, email)
	p.Password, p.TOTP, p.TOTPStep = "", "", 0
	return p, nil
}

func mask(m crypt.Masks, k crypt.Kind, v string) string {
	if v == "" {
		return ""
	}
	return m.Mask(k, v)
}

// AnyPerson reports whether there is any person.
func (tx officeTx) AnyPerson(ctx context.Context) (bool, error) {
	_, ok, err := one(ctx, tx, scanInt, `SELECT 1 FROM persons LIMIT 1`)
	return ok, err
}

// Person returns a person, with the protected fields masked.
func (tx officeTx) Person(ctx context.Context, id account.PersonID) (account.Person, error) {
	p, err := tx.person(ctx, id)
	if err != nil {
		return p, err
	}
	return tx.masked(p)
}

func (tx *Tx) person(ctx context.Context, id account.PersonID) (account.Person, error) {
	p, ok, err := one(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons WHERE id = ?`, id)
	if err == nil && !ok {
		err = errGone
	}
	return p, err
}

// PersonOf returns who has an account name.
func (tx officeTx) PersonOf(ctx context.Context, name string) (account.PersonID, bool, error) {
	id, ok, err := one(ctx, tx, scanString, `SELECT id FROM persons WHERE account = ?`, name)
	return account.PersonID(id), ok, err
}

// People lists persons with a position in the scope, by account.
func (tx officeTx) People(ctx context.Context, scope account.Scope, q office.Query) ([]account.Person, error) {
	cond, args := scopeSQL(scope, "a.path")
	where := []string{`EXISTS (SELECT 1 FROM positions s JOIN agencies a ON a.id = s.agency_id WHERE s.person_id = p.id AND ` + cond + agencyIs(q) + `)`}
	if q.Agency != "" {
		args = append(args, q.Agency)
	}
	if scope.All && q.Agency == "" {
		where, args = []string{"1 = 1"}, nil // those without any position too
	}
	if q.Text != "" {
		like := "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(q.Text) + "%"
		where, args = append(where, `(p.name LIKE ? ESCAPE '\' OR p.account LIKE ? ESCAPE '\')`), append(args, like, like)
	}
	if !q.Closed {
		where = append(where, `p.closed_at = 0`)
	}
	if q.After != "" {
		where, args = append(where, `p.account > ?`), append(args, q.After)
	}
	limit := q.Limit
	if limit <= 0 {
		limit = 200
	}
	all, err := list(ctx, tx, scanPerson, `SELECT `+personColumns+` FROM persons p WHERE `+strings.Join(where, " AND ")+
		` ORDER BY p.account LIMIT ?`, append(args, limit)...)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i], err = tx.masked(all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func agencyIs(q office.Query) string {
	if q.Agency == "" {
		return ""
	}
	return ` AND s.agency_id = ?`
}

// SavePerson keeps name, account, closing and MustChange, and counts the serial on.
func (tx officeTx) SavePerson(ctx context.Context, p account.Person) error {
	if p.Serial > 0 {
		return tx.fresh(ctx, `UPDATE persons SET name = ?, account = ?, must_change = ?, closed_at = ?, serial = serial + 1 WHERE id = ? AND serial = ?`,
			p.Name, p.Account, flag(p.MustChange), millis(p.Closed), p.ID, p.Serial)
	}
	n, err := tx.exec(ctx, `INSERT INTO persons (id, name, account, must_change, created_at, closed_at) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (account) DO NOTHING`, p.ID, p.Name, p.Account, flag(p.MustChange), tx.now.UnixMilli(), millis(p.Closed))
	if err == nil && n == 0 {
		err = fault.New(fault.Conflict, "person.account_taken", "账号“"+p.Account+"”已经有人用了，请换一个")
	}
	return err
}

// SaveContact keeps phone and e-mail, sealed.
func (tx officeTx) SaveContact(ctx context.Context, id account.PersonID, phone, email string) error {
	phone, err := tx.sealField("persons", "phone", string(id), phone)
	if err != nil {
		return err
	}
	email, err = tx.sealField("persons", "email", string(id), email)
	if err != nil {
		return err
	}
	return tx.must(ctx, `UPDATE persons SET phone = ?, email = ? WHERE id = ?`, phone, email, id)
}

// OpenField opens a protected field: "phone" or "email".
func (tx officeTx) OpenField(ctx context.Context, id account.PersonID, field string) (string, error) {
	p, err := tx.person(ctx, id)
	if err != nil {
		return "", err
	}
	switch field {
	case "phone":
		return tx.openField("persons", "phone", string(id), p.Phone)
	case "email":
		return tx.openField("persons", "email", string(id), p.Email)
	}
	return "", errGone
}

// SetPassword keeps the hash of a password that somebody else gave, to be changed at the next sign-in. Whoever has to be given
// one has lost the means to sign in, or shares them with somebody: one-time codes are turned off too, identities of a provider
// are let go, and tokens are revoked.
func (tx officeTx) SetPassword(ctx context.Context, id account.PersonID, hash string) error {
	for _, table := range []string{"recovery_codes", "identities"} {
		if _, err := tx.exec(ctx, `DELETE FROM `+table+` WHERE person_id = ?`, id); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `UPDATE tokens SET revoked_at = ? WHERE person_id = ? AND revoked_at = 0`, tx.now.UnixMilli(), id); err != nil {
		return err
	}
	return tx.must(ctx, `UPDATE persons SET password = ?, must_change = 1, totp = '', totp_step = 0 WHERE id = ?`, hash, id)
}

// EndSessions signs a person out everywhere.
func (tx officeTx) EndSessions(ctx context.Context, id account.PersonID) error {
	_, err := tx.exec(ctx, `UPDATE sessions SET ended_at = ? WHERE person_id = ? AND ended_at = 0`, tx.now.UnixMilli(), id)
	return err
}

const positionColumns = `id, person_id, agency_id, section_id, title, role, subtree, valid_from, valid_to`

func scanPosition(scan func(...any) error) (p account.Position, err error) {
	var subtree int
	err = scan(&p.ID, &p.Person, &p.Agency, &p.Section, &p.Title, &p.Role, &subtree, (*civil)(&p.From), (*civil)(&p.To))
	p.Subtree = subtree != 0
	return p, err
}

// Positions lists all positions, of whatever time, of some persons, oldest first.
func (tx officeTx) Positions(ctx context.Context, of []account.PersonID) (out []account.Position, err error) {
	for len(of) > 0 {
		some := of[:min(len(of), maxList)]
		of = of[len(some):]
		list, err := list(ctx, tx, scanPosition, `SELECT `+positionColumns+` FROM positions WHERE person_id IN `+marks(len(some))+` ORDER BY id`, values(some)...)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// Running lists the positions of everybody that have not ended before a day.
func (tx officeTx) Running(ctx context.Context, day calendar.Date) ([]account.Position, error) {
	return list(ctx, tx, scanPosition, `SELECT `+positionColumns+` FROM positions WHERE valid_to = '' OR valid_to >= ? ORDER BY id`, day.String())
}

// SavePosition keeps a position, new or known.
func (tx officeTx) SavePosition(ctx context.Context, p account.Position) error {
	_, err := tx.exec(ctx, `INSERT INTO positions (`+positionColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET agency_id = excluded.agency_id, section_id = excluded.section_id, title = excluded.title,
		role = excluded.role, subtree = excluded.subtree, valid_from = excluded.valid_from, valid_to = excluded.valid_to`,
		p.ID, p.Person, p.Agency, p.Section, p.Title, p.Role, flag(p.Subtree), p.From.String(), p.To.String())
	return err
}

// Deputies lists all deputies, of whatever time, for and of some persons, oldest first.
func (tx officeTx) Deputies(ctx context.Context, of []account.PersonID) (out []account.Deputy, err error) {
	seen := map[string]bool{}
	for len(of) > 0 {
		some := of[:min(len(of), maxList)]
		of = of[len(some):]
		ids := values(some)
		err := each(ctx, tx, scanDeputy, func(d account.Deputy) error {
			if !seen[d.ID] {
				seen[d.ID] = true
				out = append(out, d)
			}
			return nil
		}, `SELECT id, of_id, by_id, valid_from, valid_to, reason FROM deputies WHERE of_id IN `+marks(len(some))+` OR by_id IN `+marks(len(some))+` ORDER BY id`,
			append(ids, ids...)...)
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}

func scanDeputy(scan func(...any) error) (d account.Deputy, err error) {
	err = scan(&d.ID, &d.Of, &d.By, (*civil)(&d.From), (*civil)(&d.To), &d.Reason)
	return d, err
}

// SaveDeputy keeps a deputy, new or known.
func (tx officeTx) SaveDeputy(ctx context.Context, d account.Deputy) error {
	_, err := tx.exec(ctx, `INSERT INTO deputies (id, of_id, by_id, valid_from, valid_to, reason) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET valid_from = excluded.valid_from, valid_to = excluded.valid_to, reason = excluded.reason`,
		d.ID, d.Of, d.By, d.From.String(), d.To.String(), d.Reason)
	return err
}

// Roles lists the roles that the site made, by name.
func (tx officeTx) Roles(ctx context.Context) ([]office.Role, error) {
	return list(ctx, tx, func(scan func(...any) error) (r office.Role, err error) {
		var perms string
		err = scan(&r.Key, &r.Name, &perms, &r.Serial)
		for p := range strings.FieldsSeq(perms) {
			r.Perms = append(r.Perms, account.Perm(p))
		}
		return r, err
	}, `SELECT role_key, name, perms, serial FROM roles ORDER BY name, role_key`)
}

// SaveRole keeps a role.
func (tx officeTx) SaveRole(ctx context.Context, r office.Role) error {
	perms := make([]string, len(r.Perms))
	for i, p := range r.Perms {
		perms[i] = string(p)
	}
	text := strings.Join(perms, " ")
	if r.Serial > 0 {
		return tx.fresh(ctx, `UPDATE roles SET name = ?, perms = ?, serial = serial + 1 WHERE role_key = ? AND serial = ?`, r.Name, text, r.Key, r.Serial)
	}
	return tx.fresh(ctx, `INSERT INTO roles (role_key, name, perms) VALUES (?, ?, ?) ON CONFLICT (role_key) DO NOTHING`, r.Key, r.Name, text)
}

// DeleteRole removes a role.
func (tx officeTx) DeleteRole(ctx context.Context, r office.Role) error {
	return tx.fresh(ctx, `DELETE FROM roles WHERE role_key = ? AND serial = ?`, r.Key, r.Serial)
}

// RoleUsed reports whether there is or was a position with a role.
func (tx officeTx) RoleUsed(ctx context.Context, key account.RoleKey) (bool, error) {
	_, ok, err := one(ctx, tx, scanInt, `SELECT 1 FROM positions WHERE role = ? LIMIT 1`, key)
	return ok, err
}

// Post is what somebody is at an agency on a day, in as few words as the head of a page has room for.
type Post struct {
	Agency string // short name where there is one
	Title  string
	Role   account.RoleKey
}

// PostOf finds what a person is at an agency today; the zero Post when they are nothing there.
func (db *DB) PostOf(ctx context.Context, person account.PersonID, at agency.ID) (p Post, err error) {
	err = db.View(ctx, func(tx *Tx) error {
		today := calendar.On(tx.now).String()
		p, _, err = one(ctx, tx, func(scan func(...any) error) (p Post, err error) {
			var short string
			err = scan(&p.Agency, &short, &p.Title, &p.Role)
			if short != "" {
				p.Agency = short
			}
			return p, err
		}, `SELECT v.name, v.short, s.title, s.role FROM positions s JOIN agency_versions v ON v.agency_id = s.agency_id
			WHERE s.person_id = ? AND s.agency_id = ? AND s.valid_from <= ? AND (s.valid_to = '' OR s.valid_to >= ?)
			AND v.valid_from <= ? AND (v.valid_to = '' OR v.valid_to >= ?) ORDER BY s.id LIMIT 1`, person, at, today, today, today, today)
		return err
	})
	return p, err
}
