package store

import (
	"context"
	"slices"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/review"
)

func civilToday(now time.Time) string { return calendar.On(now).String() }

// Holders are the open accounts that hold a permission at an agency today, in their own right or for somebody they stand in
// for: the same answer as office.ActorFor gives for each, the other way round.
func (tx reviewTx) Holders(ctx context.Context, p account.Perm, at agency.ID) ([]review.Holder, error) {
	place, err := tx.Places(ctx, []agency.ID{at})
	if err != nil || !place[at].Live {
		return nil, err
	}
	roles, err := tx.rolesWith(ctx, p)
	if err != nil || len(roles) == 0 {
		return nil, err
	}
	today := calendar.On(tx.now)
	args := append([]any{today.String(), today.String(), at, string(place[at].Path)}, values(roles)...)
	owners, err := list(ctx, tx, scanString, `SELECT DISTINCT s.person_id FROM positions s JOIN agencies a ON a.id = s.agency_id JOIN persons p ON p.id = s.person_id
		WHERE p.closed_at = 0 AND a.live = 1 AND s.valid_from <= ? AND (s.valid_to = '' OR s.valid_to >= ?)
		AND (s.agency_id = ? OR s.subtree = 1 AND a.path <> '' AND ? LIKE a.path || '%') AND s.role IN `+marks(len(roles))+` ORDER BY s.person_id`, args...)
	if err != nil {
		return nil, err
	}
	var out []review.Holder
	of := make([]account.PersonID, len(owners))
	for i, id := range owners {
		of[i] = account.PersonID(id)
		out = append(out, review.Holder{Person: of[i]})
	}
	more, err := tx.standIns(ctx, of, today)
	return append(out, more...), err
}

// rolesWith are the roles that hold a permission.
func (tx reviewTx) rolesWith(ctx context.Context, p account.Perm) ([]account.RoleKey, error) {
	site, err := tx.Roles(ctx)
	if err != nil {
		return nil, err
	}
	all := account.BuiltRoles()
	for _, r := range site {
		all = append(all, r.Role)
	}
	var out []account.RoleKey
	for _, r := range all {
		if slices.Contains(r.Perms, p) {
			out = append(out, r.Key)
		}
	}
	return out, nil
}

// standIns are the open accounts that stand in for some persons on a day.
func (tx reviewTx) standIns(ctx context.Context, of []account.PersonID, day calendar.Date) ([]review.Holder, error) {
	all, err := tx.Deputies(ctx, of)
	if err != nil {
		return nil, err
	}
	var by []account.PersonID
	var out []review.Holder
	for _, d := range all {
		h := review.Holder{Person: d.By, For: d.Of}
		if d.On(day) && slices.Contains(of, d.Of) && !slices.Contains(out, h) {
			out, by = append(out, h), append(by, d.By)
		}
	}
	open := map[account.PersonID]bool{}
	for some := range slices.Chunk(by, maxList) {
		ids, err := list(ctx, tx, scanString, `SELECT id FROM persons WHERE closed_at = 0 AND id IN `+marks(len(some)), values(some)...)
		if err != nil {
			return nil, err
		}
		for _, id := range ids {
			open[account.PersonID(id)] = true
		}
	}
	return slices.DeleteFunc(out, func(h review.Holder) bool { return !open[h.Person] }), nil
}
