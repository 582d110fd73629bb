package app

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/filing"
	"github.com/gongkai/gongkai/internal/review"
	"github.com/gongkai/gongkai/internal/web/records"
	"github.com/gongkai/gongkai/internal/web/workbench"
	"github.com/gongkai/gongkai/internal/work"
)

// shown is how many things of a kind the workbench shows.
const shown = 5

// soonDays is how many working days before its last day a period stands on the workbench.
const soonDays = 5

// States of things on the workbench.
const (
	benchSoon = "soon"
	benchLate = "late"
)

// waiting is what waits for somebody, the most urgent first.
func (s *System) waiting(ctx context.Context, by account.Actor) ([]workbench.Pile, error) {
	var out []workbench.Pile
	for _, pile := range []func(context.Context, account.Actor) (workbench.Pile, error){s.dueSoon, s.toReview, s.toSubmit, s.reportsOpen, s.jobsFailed} {
		p, err := pile(ctx, by)
		if err != nil {
			return nil, err
		}
		if p.Title == "" {
			continue // nothing that this person has to do with
		}
		p.Items = p.Items[:min(len(p.Items), shown)]
		out = append(out, p)
	}
	return out, nil
}

// dueSoon is the deadlines of somebody that are late or end within days.
func (s *System) dueSoon(ctx context.Context, by account.Actor) (workbench.Pile, error) {
	p := workbench.Pile{Href: "/desk/deadlines"}
	page, err := s.Clock.DueFor(ctx, by, account.SeeAgency, clock.Filter{Mine: true, Limit: 200})
	if err != nil || len(page.Rows) == 0 {
		return p, err
	}
	p.Title, p.Empty = "逾期和快到的期限", fmt.Sprintf("%d 个工作日内没有到期的事。", soonDays)
	for _, r := range page.Rows {
		switch {
		case !clock.Ours(r.Input.Kind):
			continue // others have to act
		case r.Passed():
			p.Items = append(p.Items, workbench.Item{Title: r.Title, Href: "/desk/deadlines/" + string(r.ID), State: benchLate,
				Note: fmt.Sprintf("%s，最后一天是 %s，已过 %d 个工作日", r.Step(), r.Due.Chinese(), r.Over)})
		case r.Left <= soonDays:
			p.Items = append(p.Items, workbench.Item{Title: r.Title, Href: "/desk/deadlines/" + string(r.ID), State: benchSoon,
				Note: fmt.Sprintf("%s，最后一天是 %s，%s", r.Step(), r.Due.Chinese(), left(r.Left))})
		}
	}
	p.Count = len(p.Items)
	return p, nil
}

func left(days int) string {
	if days == 0 {
		return "就是今天"
	}
	return fmt.Sprintf("还有 %d 个工作日", days)
}

// toReview is the items that wait for a decision of somebody.
func (s *System) toReview(ctx context.Context, by account.Actor) (workbench.Pile, error) {
	p := workbench.Pile{Href: "/desk/reviews"}
	rows, err := s.Review.Waiting(ctx, by)
	if err != nil || len(rows) == 0 && !anyPerm(by, reviewPerms()...) {
		return p, err
	}
	p.Title, p.Count, p.Empty = "等您审查", len(rows), "没有等您审查的材料。"
	today := calendar.On(s.now())
	for _, r := range rows {
		it := workbench.Item{Title: r.Title, Href: "/desk/reviews/" + string(r.ID), Note: r.Office}
		o := r.Mine[0]
		if st, ok := r.Plan.Step(o.Step); ok {
			it.Note += "，" + st.Label()
		}
		if !o.Due.IsZero() {
			it.Note += "，最晚 " + o.Due.Chinese()
			if o.Due.Before(today) {
				it.State = benchLate
			} else if s.between(today, o.Due) == 0 {
				it.State = benchSoon
			}
		}
		p.Items = append(p.Items, it)
	}
	return p, nil
}

// reviewPerms are those of the steps of sign-off.
func reviewPerms() []account.Perm {
	var out []account.Perm
	for _, k := range review.StepKindNames() {
		out = append(out, k.Value.Perm())
	}
	return out
}

// toSubmit is the items of somebody that came back, or were never sent.
func (s *System) toSubmit(ctx context.Context, by account.Actor) (workbench.Pile, error) {
	p := workbench.Pile{Href: "/desk/reviews?view=mine"}
	if !anyPerm(by, account.Provide) {
		return p, nil
	}
	rows, err := s.Review.Mine(ctx, by, review.Query{States: []review.State{review.Returned, review.Draft}, Limit: 200})
	if err != nil || len(rows) == 0 && anyPerm(by, account.ManageReview) {
		return p, err
	}
	p.Title, p.Count, p.Empty = "要您改好再送审", len(rows), "没有退回给您的、或还没送审的材料。"
	slices.SortStableFunc(rows, func(a, b review.Row) int { return order(a) - order(b) })
	for _, r := range rows {
		it := workbench.Item{Title: r.Title, Href: "/desk/reviews/" + string(r.ID), Note: "还没有送审"}
		if e := r.Events[len(r.Events)-1]; r.State == review.Returned {
			it.Note = e.Name + "退回：" + e.Text
		}
		p.Items = append(p.Items, it)
	}
	return p, nil
}

func order(r review.Row) int {
	if r.State == review.Returned {
		return 0
	}
	return 1
}

// reportsOpen is, for who supervises, the annual reports of the last year that are missing or have errors. They are due by the
// end of January. Legal: 条例 第四十九条.
func (s *System) reportsOpen(ctx context.Context, by account.Actor) (workbench.Pile, error) {
	year := calendar.On(s.now()).Year() - 1
	p := workbench.Pile{Href: fmt.Sprintf("/desk/reports?year=%d", year)}
	if !anyPerm(by, account.SeeReport) || !anyPerm(by, account.SeeAudit) {
		return p, nil
	}
	b, err := s.Filing.Board(ctx, filing.BoardFilter{Year: year})
	if err != nil || b.Kept == 0 {
		return p, err
	}
	p.Title, p.Empty = fmt.Sprintf("%d 年年报要催的", year), fmt.Sprintf("%d 年的年报都交来了，没有发现错误。", year)
	p.Count = b.Counts.Missing + b.Counts.Broken
	var broken []workbench.Item
	for _, r := range b.Rows {
		for _, c := range r.Cells {
			switch {
			case c.Year != year:
			case c.Status == filing.Missing:
				p.Items = append(p.Items, workbench.Item{Title: r.Agency, Note: "还没有收到年报", State: benchLate,
					Href: p.Href + "&q=" + url.QueryEscape(r.Agency)})
			case c.Status == filing.Broken:
				broken = append(broken, workbench.Item{Title: r.Agency, Note: fmt.Sprintf("年报里有 %d 处错误，请退回改正", c.Report.Errors),
					Href: "/desk/reports/" + string(c.Report.ID)})
			}
		}
	}
	p.Items = append(p.Items, broken...)
	return p, nil
}

// jobsFailed is the background work that was given up, for who may see it; there is no pile while there is none.
func (s *System) jobsFailed(ctx context.Context, by account.Actor) (workbench.Pile, error) {
	p := workbench.Pile{Href: "/desk/jobs"}
	if !anyPerm(by, account.SeeJob) {
		return p, nil
	}
	list, counts, err := s.Upkeep.Jobs(ctx, by)
	if err != nil {
		return p, err
	}
	for _, c := range counts {
		if c.State == work.Failed {
			p.Title, p.Count = "没有做成的后台任务", p.Count+c.N
		}
	}
	for _, j := range list {
		if j.State == work.Failed {
			p.Items = append(p.Items, workbench.Item{Title: records.JobName(j.Kind), Note: j.Error, Href: p.Href})
		}
	}
	return p, nil
}
