package app

import (
	"context"
	"fmt"

	"github.com/gongkai/gongkai/internal/clock"
	"github.com/gongkai/gongkai/internal/deadline"
)

// sampleDeadline is one period of the year with everything that moves it.
type sampleDeadline struct {
	key, title string
	kind       deadline.Kind
	owner      string // account
	received   int    // working days ago
	moves      []sampleMove
}

// sampleMove is something that moves a period, or ends it.
type sampleMove struct {
	ago     int
	cause   string
	event   func(year) clock.Event
	outcome string // of the end; "" where it goes on
}

func ends(ago int, outcome string) sampleMove { return sampleMove{ago: ago, outcome: outcome} }

func extended(ago, days int) sampleMove {
	return sampleMove{ago: ago, cause: "条例 第三十三条第二款，经公开工作机构负责人同意延长，已告知申请人", event: func(year) clock.Event { return clock.Extended{Days: days} }}
}

func consulted(ago, from, to int) sampleMove {
	return sampleMove{ago: ago, cause: "条例 第三十二条、第三十三条第三款，征求第三方意见", event: func(y year) clock.Event {
		return clock.Consulted{From: y.ago(from), To: y.ago(to)}
	}}
}

func corrected(ago int) sampleMove {
	return sampleMove{ago: ago, cause: "条例 第三十条，收到补正材料", event: func(y year) clock.Event { return clock.Corrected{On: y.ago(ago)} }}
}

// sampleDeadlines are periods of every kind that an office meets, open ones and closed ones.
func sampleDeadlines() []sampleDeadline {
	return []sampleDeadline{
		{"1", "依申请公开：社区工作者招聘成绩", deadline.Reply, "jingban", 205, []sampleMove{ends(196, "已答复：予以公开")}},
		{"2", "依申请公开：社区办年度预算执行", deadline.Reply, "jingban", 160, []sampleMove{extended(145, 10), ends(134, "已答复：予以公开")}},
		{"3", "依申请公开：物业服务信用评价结果", deadline.Reply, "fuwu", 122, []sampleMove{ends(107, "已答复：予以公开")}},
		{"4", "申请内容不明确，告知补正", deadline.CorrectionNotice, "jingban", 27, []sampleMove{ends(24, "已一次性告知补正")}},
		{"4", "依申请公开：社区活动用房权属", deadline.Reply, "jingban", 27, []sampleMove{corrected(17)}},
		{"5", "依申请公开：社区食堂运营补贴", deadline.Reply, "fuwu", 28, []sampleMove{extended(12, 20)}},
		{"6", "依申请公开：社区微更新项目合同", deadline.Reply, "jianshe", 24, []sampleMove{consulted(18, 18, 6)}},
		{"6", "第三方对项目合同公开提出意见", deadline.ThirdParty, "jianshe", 18, []sampleMove{ends(6, "第三方已回函")}},
		{"7", "主动公开：办公地址和联系方式变更", deadline.Publication, "gubu", 155, []sampleMove{ends(149, "已公开")}},
		{"8", "主动公开：困难群众慰问物资发放情况", deadline.Publication, "gubu", 18, nil},
		{"9", "主动公开：社区养老服务设施分布图", deadline.Publication, "fuwu", 23, nil},
		{"10", "主动公开：社区公共设施年度检修计划", deadline.Publication, "jianshe", 16, nil},
		{"11", "行政复议答复：物业信用评价信息公开", deadline.RespondentOrdinary, "fazhi", 7, nil},
		{"12", "依申请公开：街道便民服务点设置依据", deadline.Reply, "jiedao", 16, nil},
		{"13", "依申请公开：社会救助审批流程", deadline.Reply, "minzheng", 17, nil},
	}
}

// planDeadlines plans the periods of the year.
func (f *filler) planDeadlines() {
	for _, d := range sampleDeadlines() {
		id := string(d.kind) + d.key
		f.on(d.received, 11, 0, d.title, func(ctx context.Context) error {
			by, err := f.as(ctx, d.owner)
			if err != nil {
				return err
			}
			f.clocks[id], err = f.Clock.Open(ctx, by, clock.Opening{Agency: by.Agency, Subject: clock.Subject{Kind: "sample", ID: d.key},
				Title: f.numbered(d), Owner: clock.Owner{Person: by.Person}, Input: deadline.Input{Kind: d.kind, Received: f.year.ago(d.received)}})
			return err
		})
		for _, m := range d.moves {
			f.on(m.ago, 16, 0, d.title, func(ctx context.Context) error { return f.moveDeadline(ctx, d, id, m) })
		}
	}
}

// numbered writes the number of an application before its title.
func (f *filler) numbered(d sampleDeadline) string {
	if d.kind != deadline.Reply {
		return d.title
	}
	return fmt.Sprintf("〔%d〕%s 号 %s", f.year.ago(d.received).Year(), d.key, d.title)
}

func (f *filler) moveDeadline(ctx context.Context, d sampleDeadline, id string, m sampleMove) error {
	by, err := f.as(ctx, d.owner)
	if err != nil {
		return err
	}
	if m.outcome != "" {
		_, err = f.Clock.Close(ctx, by, f.clocks[id].ID, m.outcome)
		return err
	}
	_, err = f.Clock.Amend(ctx, by, f.clocks[id].ID, m.cause, m.event(f.year))
	return err
}
