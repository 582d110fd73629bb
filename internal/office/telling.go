package office

import (
	"context"
	"strconv"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
)

// TellKind is what somebody is told of their account. The words are those of the notices.
type TellKind string

// The kinds.
const (
	TellPassword TellKind = "account.password_reset"   // they were given another first password
	TellPosition TellKind = "account.position_changed" // a position of theirs began, changed or ended
	TellDeputy   TellKind = "account.deputy_named"     // they stand in for somebody
)

// Telling is what one person is told, in the transaction of the fact.
type Telling struct {
	Kind     TellKind
	To       account.PersonID
	By       string        // who did it, by name
	What     string        // of a position: what became of it
	Of       string        // of a deputy: for whom they stand in, by name
	From, Up calendar.Date // of a deputy: the first day and the last
	Agency   agency.ID
	Key      string // names the fact: the same person and key are told once
}

// tell tells somebody what was done to them. What somebody did to themselves they know.
func (w *work) tell(ctx context.Context, t Telling) error {
	if t.To == w.by.Person {
		return nil
	}
	t.By = w.by.Name
	if w.by.IsSystem() {
		t.By = "系统管理员"
	}
	t.Key = string(t.Kind) + " " + t.Key
	return w.tx.Tell(ctx, t)
}

// tellPosition tells whose position it is what became of it: 新增, 改为, 结束.
func (w *work) tellPosition(ctx context.Context, became string, p account.Position) error {
	post := p.Title
	if post == "" {
		role, err := w.role(ctx, p.Role)
		if err != nil {
			return err
		}
		post = role.Name
	}
	what := became + "：" + w.reg.nameOn(p.Agency, p.From) + " " + post
	if !p.To.IsZero() {
		what += "（到 " + p.To.Chinese() + "）"
	}
	return w.tell(ctx, Telling{Kind: TellPosition, To: p.Person, What: what, Agency: p.Agency,
		Key: p.ID + " " + became + " " + strconv.FormatInt(w.tx.Now().UnixMilli(), 10)})
}

// tellDeputy tells somebody that they stand in for another.
func (w *work) tellDeputy(ctx context.Context, d account.Deputy, at agency.ID) error {
	of, err := w.tx.Person(ctx, d.Of)
	if err != nil {
		return err
	}
	return w.tell(ctx, Telling{Kind: TellDeputy, To: d.By, Of: of.Name, From: d.From, Up: d.To, Agency: at, Key: d.ID})
}
