package reviews

import (
	"fmt"
	"strings"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/agency"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/ui"
)

// words says dates as seen today.
type words struct {
	at      time.Time
	today   calendar.Date
	between func(from, to calendar.Date) int
}

func (p *Reviews) words() words { return words{p.Now(), calendar.On(p.Now()), p.Between} }

// due says how long there is time.
func (w words) due(o review.Open) (c ui.Color, icon, text string) {
	switch {
	case o.Due.IsZero():
		return ui.Plainly, "", "不限时间"
	case o.Due.Before(w.today):
		return ui.Red, "warn", fmt.Sprintf("逾期 %d 个工作日", max(w.between(o.Due, w.today), 1))
	case o.Due == w.today:
		return ui.Amber, "clock", "今天到期"
	}
	return ui.Plainly, "clock", fmt.Sprintf("还剩 %d 个工作日", w.between(w.today, o.Due))
}

// plate is the period of what is due first.
func (w words) plate(o review.Open) ui.PlateData {
	p := ui.PlateData{Kind: "还剩", Unit: "个工作日", Label: "最晚在这一天办完", Date: o.Due.Chinese(), Note: o.Due.ChineseWeekday(), Stamp: o.Due.String()}
	left := w.between(w.today, o.Due)
	switch {
	case o.Due.Before(w.today):
		p.State, p.Kind, left = "late", "已超过", max(w.between(o.Due, w.today), 1)
	case left <= 1:
		p.State = "soon"
	}
	p.Left = fmt.Sprint(left)
	return p
}

func kindName(k review.Kind) string { return agency.NameOf(review.KindNames(), k) }

func stateTag(s review.State) (c ui.Color, icon, text string) {
	text = agency.NameOf(review.StateNames(), s)
	switch s {
	case review.Signed:
		return ui.Green, "ok", text
	case review.InReview:
		return ui.Blue, "clock", text
	case review.Returned:
		return ui.Amber, "warn", text
	case review.Draft, review.Withdrawn, review.Void:
	}
	return ui.Plainly, "", text
}

// label is what a step of the plan of an item is called.
func label(i review.Item, key review.StepKey) string {
	st, _ := i.Plan.Step(key)
	return st.Label()
}

// now is the steps that an item waits at.
func now(i review.Item) string {
	var names []string
	for _, o := range i.Open {
		names = append(names, label(i, o.Step))
	}
	return strings.Join(names, "、")
}

// shown is the step of a row that is due first: of those that wait for the one who looks, if any do.
func shown(r review.Row) (review.Open, bool) {
	all := r.Mine
	if len(all) == 0 {
		all = r.Item.Open
	}
	if len(all) == 0 {
		return review.Open{}, false
	}
	for _, o := range all {
		if o.Due == r.Due() {
			return o, true
		}
	}
	return all[0], true
}

// who names a person of an event, with whom he stood in for.
func who(e review.Event, names map[account.PersonID]string) string {
	if e.For == "" {
		return e.Name
	}
	return e.Name + "（代" + names[e.For] + "）"
}

// short is the beginning and the end of a digest, enough to compare by eye.
func short(digest string) string {
	_, sum, _ := strings.Cut(digest, ":")
	if len(sum) < 12 {
		return digest
	}
	return sum[:4] + "…" + sum[len(sum)-4:]
}

func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }

// chain is the stations of the item: who provides, who reviews, who answers for it.
func (v itemView) chain() []ui.Step {
	e := v.Provided()
	out := []ui.Step{{State: "done", Role: "提供", Note: "谁提供", Person: join(e.Section, who(e, v.Names)), When: ui.Beijing(e.At)}}
	if v.State == review.Draft || v.State == review.Returned {
		out[0].State = "now"
	}
	for _, l := range v.Chain() {
		s := ui.Step{State: "todo", Role: l.Label(), Note: "谁审核", Person: named(l.Placed, v.Names)}
		if l.Kind == review.Sign {
			s.Note = "谁负责"
		}
		switch l.Progress {
		case review.Done:
			s.State, s.Person, s.When = "done", who(l.By, v.Names), ui.Beijing(l.By.At)
		case review.Now:
			s.State = "now"
			_, _, s.When = v.words.due(l.Open)
		case review.LeftOut:
			continue
		case review.Later:
			s.When = "还没有到"
		}
		out = append(out, s)
	}
	return out
}

func join(parts ...string) string {
	return strings.TrimSpace(strings.Join(parts, " "))
}

// named are the persons of a step, or who may decide there.
func named(st review.Placed, names map[account.PersonID]string) string {
	if len(st.Persons) == 0 {
		return "有“" + agency.NameOf(account.PermNames(), st.Kind.Perm()) + "”权限的人"
	}
	all := make([]string, len(st.Persons))
	for i, p := range st.Persons {
		all[i] = names[p]
	}
	return strings.Join(all, "、")
}

// part is the events from one submission to the next.
type part struct {
	title  string
	events []ui.Event
}

// history is everything that happened, in parts: before the first submission, and round by round.
func (v itemView) history() []part {
	out := []part{{title: "送审以前"}}
	for _, e := range v.Events {
		if e.Act == review.Submitted {
			out = append(out, part{title: fmt.Sprintf("第 %d 轮（内容指纹 %s）", len(out), short(e.Digest))})
		}
		last := &out[len(out)-1]
		last.events = append(last.events, v.event(e))
	}
	return out
}

func (v itemView) event(e review.Event) ui.Event {
	out := ui.Event{Title: who(e, v.Names) + "　" + v.did(e), When: ui.Beijing(e.At), Stamp: stamp(e.At), Who: e.Text}
	switch e.Act {
	case review.Approved, review.Submitted:
		out.State = "ok"
	case review.Opened, review.SentBack, review.Replaced, review.Withdrew, review.Voided:
	}
	if e.Act == review.Opened || e.Act == review.Replaced {
		out.Who = join(e.Text, "内容指纹 "+short(e.Digest))
	}
	return out
}

// did says what an event was.
func (v itemView) did(e review.Event) string {
	act := agency.NameOf(review.ActNames(), e.Act)
	late := ""
	if !e.Due.IsZero() && calendar.On(e.At).After(e.Due) {
		late = "（逾期）"
	}
	switch e.Act {
	case review.Approved:
		if st, _ := v.Plan.Step(e.Step); st.Kind == review.Sign {
			return st.Label() + late
		}
		return label(v.Item, e.Step) + "：" + act + late
	case review.SentBack:
		return label(v.Item, e.Step) + "：退回" + v.StageLabel(e.To) + late
	case review.Opened, review.Submitted, review.Replaced, review.Withdrew, review.Voided:
	}
	return act
}

// backs are the places that a return from a step may go to.
func (v itemView) backs(key review.StepKey) []ui.Option {
	var out []ui.Option
	for _, stage := range v.Backs(key) {
		out = append(out, ui.Option{Value: fmt.Sprint(stage), Text: v.StageLabel(stage)})
	}
	return out
}

// resultText is what came of the item, for paper.
func resultText(v itemView) string {
	if err := v.broken(); err != nil {
		return err.Error()
	}
	if sig, err := v.Signature(); err == nil {
		return fmt.Sprintf("已签发，%s，第 %d 轮，签发人%s", ui.Beijing(sig.At), sig.Round, who(sig.Steps[len(sig.Steps)-1].By, v.Names))
	}
	return agency.NameOf(review.StateNames(), v.State) + "（没有签发）"
}

// planText is the chain without the persons that it names: those who decided stand below it.
func planText(p review.Plan) string {
	stages := make([]review.Stage, len(p.Stages))
	for i, stage := range p.Stages {
		for _, st := range stage {
			st.Persons = nil
			stages[i] = append(stages[i], st)
		}
	}
	p.Stages = stages
	if p.Version == 0 {
		return "默认方案：" + p.Text()
	}
	return fmt.Sprintf("第 %d 版：%s", p.Version, p.Text())
}

// basis is what asks for the review.
func basis() string {
	var out []string
	for _, r := range review.Basis() {
		out = append(out, r.Brief())
	}
	return strings.Join(out, "、")
}
