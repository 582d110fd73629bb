package app

import (
	"context"
	"fmt"
	"strings"

	"github.com/gongkai/gongkai/internal/review"
)

// sampleItem is one item of sign-off with everything that happens to it in the year.
type sampleItem struct {
	title   string // {year} stands for the year in which it is opened, {last} for the one before
	kind    review.Kind
	section string
	acts    []sampleAct
}

// sampleAct is what somebody does with an item. The first opens it.
type sampleAct struct {
	ago, hour, minute int
	who               string
	act               review.Act
	step              review.StepKey
	text              string
}

// steps of the default plan
const (
	stepFirst   review.StepKey = "1.1"
	stepSecond  review.StepKey = "2.1"
	stepSecrecy review.StepKey = "2.2"
	stepLegal   review.StepKey = "2.3"
	stepSign    review.StepKey = "3.1"
)

func opened(ago, hour int, who string) sampleAct {
	return sampleAct{ago: ago, hour: hour, who: who, act: review.Opened}
}

func submitted(ago, hour int, who, note string) sampleAct {
	return sampleAct{ago: ago, hour: hour, minute: 20, who: who, act: review.Submitted, text: note}
}

func approved(ago, hour int, who string, step review.StepKey, opinion string) sampleAct {
	return sampleAct{ago: ago, hour: hour, minute: 35, who: who, act: review.Approved, step: step, text: opinion}
}

func returned(ago, hour int, who string, step review.StepKey, reason string) sampleAct {
	return sampleAct{ago: ago, hour: hour, minute: 40, who: who, act: review.SentBack, step: step, text: reason}
}

func replaced(ago int, who, why string) sampleAct {
	return sampleAct{ago: ago, hour: 9, minute: 5, who: who, act: review.Replaced, text: why}
}

// planItems plans the items of the year.
func (f *filler) planItems() {
	all := append(signedItems(), openItems()...)
	all = append(all, streetItems()...)
	for n, it := range all {
		key := fmt.Sprint(n + 1)
		version := 1
		for _, a := range it.acts {
			if a.act == review.Replaced {
				version++
			}
			v := version
			f.on(a.ago, a.hour, a.minute, it.title, func(ctx context.Context) error { return f.actOn(ctx, key, it, a, v) })
		}
	}
}

// contentOf is the digest of a version of the content.
func contentOf(about review.Subject, title string, version int) string {
	return review.DigestOf(about, review.Part{Name: "正文", Bytes: []byte(fmt.Sprintf("%s 第 %d 稿", title, version))})
}

// actOn lets somebody do something with an item.
func (f *filler) actOn(ctx context.Context, key string, it sampleItem, a sampleAct, version int) error {
	by, err := f.as(ctx, a.who)
	if err != nil {
		return err
	}
	about := review.Subject{Kind: "sample", ID: key}
	item := f.items[key]
	title := item.Title
	if a.act == review.Opened {
		y := f.year.ago(a.ago).Year()
		title = strings.NewReplacer("{year}", fmt.Sprint(y), "{last}", fmt.Sprint(y-1)).Replace(it.title)
	}
	digest := contentOf(about, title, version)
	decide := review.Decide{Step: a.step, Digest: digest, Text: a.text}
	switch a.act {
	case review.Opened:
		item, err = f.Review.Open(ctx, by, review.New{Agency: by.Agency, Kind: it.kind, Subject: about, Title: title, Link: "/desk/reviews",
			Digest: digest, Section: it.section})
	case review.Submitted:
		item, err = f.Review.Submit(ctx, by, item.ID, a.text)
	case review.Replaced:
		item, err = f.Review.Replace(ctx, by, item.ID, digest, a.text)
	case review.Approved:
		item, err = f.Review.Approve(ctx, by, item.ID, decide)
	case review.SentBack:
		item, err = f.Review.Return(ctx, by, item.ID, decide)
	case review.Withdrew:
		item, err = f.Review.Withdraw(ctx, by, item.ID, a.text)
	case review.Voided:
		item, err = f.Review.Void(ctx, by, item.ID, a.text)
	}
	f.items[key] = item
	return err
}

// signedItems are those that came to an end.
func signedItems() []sampleItem {
	const zonghe, jianshe, fuwu = "综合股", "社区建设股", "服务创新股"
	return []sampleItem{
		{"社区工作者公开招聘公告", review.Publication, zonghe, []sampleAct{
			opened(228, 9, "gubu"), submitted(228, 9, "gubu", "岗位表已与编制、人社部门核对，请审查。"),
			approved(228, 15, "guzhang", stepFirst, "岗位、条件和名额与批复一致，同意。"),
			approved(227, 10, "jingban", stepSecond, "格式、附件齐全，同意公开。"), approved(227, 14, "baomi", stepSecrecy, "不涉密，可以公开。"),
			approved(226, 9, "lingdao", stepSign, "同意。")}},
		{"{last}年政府信息公开工作年度报告", review.Report, zonghe, []sampleAct{
			opened(216, 9, "jingban"), submitted(216, 10, "jingban", "六张表已自查，勾稽关系没有错误。"),
			approved(215, 9, "guzhang", stepFirst, "与台账一致，同意。"),
			returned(215, 15, "guanli", stepSecond, "第三部分“结转下年度”与上年年报对不上，差 1 件，请核对后改正。"),
			replaced(214, "jingban", "补上年底收到的一件结转申请"), submitted(214, 10, "jingban", "已补上，并在正文说明。"),
			approved(214, 14, "guzhang", stepFirst, "已核，同意。"), approved(213, 9, "guanli", stepSecond, "数据已对上，同意。"),
			approved(213, 10, "baomi", stepSecrecy, "不涉密。"), approved(212, 16, "lingdao", stepSign, "同意，按时报送并公开。")}},
		{"{year}年社区服务站点一览表", review.Publication, fuwu, []sampleAct{
			opened(180, 9, "fuwu"), submitted(180, 9, "fuwu", ""),
			approved(179, 10, "daili", stepFirst, "站点数量属实。"),
			returned(178, 11, "jingban", stepSecond, "第 12 项地址与民政系统登记的不一致，电话也少一位，请核实后再报。"),
			replaced(176, "fuwu", "更正第 12 项地址和电话"), submitted(176, 9, "fuwu", "已与社区逐一核对，第 12 项已更正。"),
			approved(176, 15, "daili", stepFirst, "同意。"), approved(175, 9, "jingban", stepSecond, "已更正，同意。"),
			approved(175, 16, "baomi", stepSecrecy, "不涉密，联系电话均为对外公布的办公电话。"), approved(174, 9, "lingdao", stepSign, "同意公开。")}},
		{"关于调整办公地址的通知", review.Publication, zonghe, []sampleAct{
			opened(150, 9, "gubu"), submitted(150, 9, "gubu", "下周一起启用新址，请尽快。"),
			approved(150, 10, "guzhang", stepFirst, "同意。"), approved(150, 11, "jingban", stepSecond, "同意。"),
			approved(150, 14, "baomi", stepSecrecy, "不涉密。"), approved(149, 9, "lingdao", stepSign, "同意。")}},
		{"依申请公开答复：物业服务信用评价结果", review.Reply, fuwu, []sampleAct{
			opened(112, 9, "fuwu"), submitted(112, 9, "fuwu", "申请人要的是三个小区的评价结果，拟予以公开。"),
			approved(112, 15, "daili", stepFirst, "三份评价结果均由本机关制作，同意公开。"),
			approved(111, 9, "jingban", stepSecond, "同意。"), approved(111, 10, "baomi", stepSecrecy, "不涉密。"),
			returned(111, 15, "fazhi", stepLegal, "予以公开的，适用条例第三十六条第一项，稿中引成第二项；救济途径漏写复议机关，请补正。"),
			replaced(110, "fuwu", "改正引用条款，补上救济途径"), submitted(110, 9, "fuwu", "两处都已改正。"),
			approved(110, 14, "daili", stepFirst, "同意。"), approved(109, 9, "jingban", stepSecond, "同意。"),
			approved(109, 10, "baomi", stepSecrecy, "不涉密。"), approved(109, 15, "fazhi", stepLegal, "条款和救济途径无误，同意。"),
			approved(108, 9, "lingdao", stepSign, "同意答复。")}},
		{"社区微更新项目资金使用情况", review.Publication, jianshe, []sampleAct{
			opened(70, 9, "jianshe"), submitted(70, 9, "jianshe", ""),
			{ago: 69, hour: 16, who: "jianshe", act: review.Withdrew, text: "有两个项目还没有决算，等决算批复后另行送审。"}}},
		{"社区微更新项目资金使用情况（重复）", review.Publication, jianshe, []sampleAct{
			opened(69, 9, "jianshe"), {ago: 68, hour: 9, who: "guanli", act: review.Voided, text: "与已撤回的一件重复登记，作废。"}}},
		{"老旧小区加装电梯补助办法（征求意见稿）", review.Publication, jianshe, []sampleAct{
			opened(34, 9, "jianshe"), submitted(34, 9, "jianshe", "征求意见期三十日，附意见反馈表。"),
			approved(33, 10, "guzhang", stepFirst, "同意。"), approved(32, 9, "jingban", stepSecond, "起草说明已附，同意。"),
			approved(32, 15, "baomi", stepSecrecy, "不涉密。"), approved(31, 9, "lingdao", stepSign, "同意公开征求意见。")}},
		{"社区活动中心冬季开放时间", review.Publication, zonghe, []sampleAct{
			opened(4, 9, "gubu"), submitted(4, 9, "gubu", ""),
			approved(3, 10, "guzhang", stepFirst, "同意。"), approved(2, 9, "jingban", stepSecond, "同意。"),
			approved(2, 15, "baomi", stepSecrecy, "不涉密。"), approved(1, 9, "daili", stepSign, "代周范例签发：同意。")}},
	}
}

// openItems are those that go on, one at every stage.
func openItems() []sampleItem {
	const zonghe, jianshe, fuwu = "综合股", "社区建设股", "服务创新股"
	return []sampleItem{
		{"依申请公开答复：社区食堂运营补贴", review.Reply, fuwu, []sampleAct{
			opened(9, 9, "fuwu"), submitted(9, 9, "fuwu", "补贴标准和金额拟公开，合同附件涉及第三方，另行征求意见。"),
			approved(8, 10, "daili", stepFirst, "同意。"), approved(7, 9, "jingban", stepSecond, "同意，合同附件暂不附。"),
			approved(7, 11, "baomi", stepSecrecy, "不涉密。")}}, // legal review is overdue
		{"困难群众慰问物资发放情况", review.Publication, zonghe, []sampleAct{
			opened(5, 9, "gubu"), submitted(5, 9, "gubu", ""), approved(4, 10, "guzhang", stepFirst, "数量与发放表一致。"),
			returned(3, 15, "baomi", stepSecrecy, "附件里有住址和联系电话，属于个人隐私，请去掉后再送审（条例第十五条）。")}},
		{"社区养老服务设施分布图", review.Publication, fuwu, []sampleAct{
			opened(6, 9, "fuwu"), submitted(6, 9, "fuwu", ""),
			returned(5, 16, "guzhang", stepFirst, "图上没有审图号和比例尺，请补。"),
			replaced(2, "fuwu", "补上审图号和比例尺"), submitted(2, 10, "fuwu", "已补。")}},
		{"社区服务创新试点名单", review.Publication, fuwu, []sampleAct{
			opened(3, 9, "fuwu"), submitted(3, 9, "fuwu", "名单已经主任办公会研究。"), approved(1, 9, "daili", stepFirst, "与会议纪要一致。")}},
		{"社区公共设施年度检修计划", review.Publication, jianshe, []sampleAct{
			opened(5, 14, "jianshe"), submitted(5, 14, "jianshe", ""), approved(4, 9, "guzhang", stepFirst, "同意。"),
			approved(3, 10, "jingban", stepSecond, "同意。"), approved(1, 15, "baomi", stepSecrecy, "点位不含安防设施，不涉密。")}},
		{"依申请公开答复：社区微更新项目合同", review.Reply, jianshe, []sampleAct{
			opened(2, 9, "jianshe"), submitted(2, 9, "jianshe", "第三方已回函，不同意公开单价，拟部分公开。"), approved(1, 10, "guzhang", stepFirst, "同意部分公开。")}},
		{"社区网格划分调整公示", review.Publication, jianshe, []sampleAct{opened(1, 9, "jianshe"), submitted(1, 10, "jianshe", "涉及三个社区，公示期七天。")}},
		{"社区志愿服务积分办法", review.Publication, zonghe, []sampleAct{opened(1, 14, "gubu")}},
	}
}

// streetItems go through the chain of the street.
func streetItems() []sampleItem {
	const office, public = "党政综合办公室", "公共服务办公室"
	const first, legal, sign review.StepKey = "1.1", "2.1", "3.1"
	return []sampleItem{
		{"青砚街道汛期值守安排", review.Publication, office, []sampleAct{
			opened(92, 9, "jiedao"), submitted(92, 9, "jiedao", ""), approved(91, 9, "jiechu", first, "同意。"),
			approved(90, 10, "fazhi", legal, "无法律问题。"), approved(90, 16, "jieling", sign, "同意，汛期前公开。")}},
		{"青砚街道便民服务事项目录", review.Publication, public, []sampleAct{
			opened(7, 9, "jiedao"), submitted(7, 9, "jiedao", ""), approved(5, 9, "jiechu", first, "与权责清单一致。"),
			approved(1, 16, "fazhi", legal, "依据齐全，同意。")}},
		{"青砚街道冬季除雪责任区公示", review.Publication, public, []sampleAct{opened(1, 9, "jiedao"), submitted(1, 11, "jiedao", "请尽快，下周有雪。")}},
		{"青砚街道财政预算执行情况", review.Publication, office, []sampleAct{
			opened(4, 9, "jiedao"), submitted(4, 10, "jiedao", ""),
			returned(3, 9, "jiechu", first, "“三公”经费表少一栏，请对照财政部门的表样补齐。")}},
	}
}
