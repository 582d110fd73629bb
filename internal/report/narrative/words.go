package narrative

// word is the class of a word that matters for reading a figure.
type word uint8

const (
	wNone      word = iota
	wRow            // a row of table 3 by its key, or a group of rows
	wResult         // a result of 复议 or 诉讼: upheld, corrected, other, pending
	wHint           // a result that the form counts under another name; a mismatch decides nothing
	wCourt          // 行政复议, 行政诉讼 and its two kinds
	wNew            // 新收
	wReceived       // 收到, 受理
	wHandled        // 办结, 答复
	wProcessed      // 办理, 处理
	wCarry          // 结转; with a year before or behind it wCarryIn or wCarryOut
	wCarryIn
	wCarryOut
	wRequest     // words that can only mean an application for government information
	wRequestWeak // 申请, which may be one for something else
	wApplicant   // a column of table 3
	wChannel     // how applications come in: 网上, 信函
	wForeign     // another matter: 建议, 提案, 信访, 培训
	wInfo        // 信息 by itself
	wDocument    // 规章, 规范性文件
	wDocVerb     // what is done to documents: issued, repealed, in_force, published, "" for what the form does not count
	wDecision    // 行政许可, 行政处罚, 行政强制
	wDecided     // words that make it a decision of the year
	wFee         // 行政事业性收费, 信息处理费
	wFeeWeak     // 收费, 费用
	wShare       // 占
	wRate        // 办结率: no share of a row
	wUp
	wDown
	wFlat
	wDouble
	wTo      // 增加到: the figure behind it is no difference
	wThan    // 较, 比
	wAnnual  // 同比
	wYear    // a year in figures
	wLast    // 上年
	wThis    // 本年
	wNext    // 下年
	wSince   // 以来, 近三年
	wSoFar   // 累计
	wPlan    // 计划
	wPeriod  // 上半年
	wOwn     // 我局
	wWhole   // 全市
	wLevel   // 本级
	wNamed   // a body by its name
	wCourtOf // 作为复议机关
	wAmong   // 其中
	wIncl    // 含
	wResp    // 分别
	wEach    // 均
	wConj    // 和
	wAbout   // 约
	wOver    // 超过
	wQual    // 涉及
	wNil     // 未收到: says none
	wNilBack // 均未发生: says none, also of what stands before it
	wQuiet   // words that would be misread in parts
	wMention // 信息公开: the sentence speaks of disclosure
	wNumber
	wPoint // punctuation; key is the mark
)

// list is one line of words, separated by spaces, that mean the same.
type list struct {
	word  word
	key   string
	texts string
}

var lists = []list{
	{wRow, "granted", "予以公开 予公开 同意公开 全部公开 全部予以公开 准予公开"},
	{wRow, "partial", "部分公开 予以部分公开 同意部分公开 部分予以公开 区分处理"},
	{wRow, "denied", "不予公开 不同意公开 决定不予公开"},
	{wRow, "denied.state_secret", "属于国家秘密 国家秘密"},
	{wRow, "denied.prohibited_by_law", "法律行政法规禁止公开 法律、行政法规禁止公开 法律法规禁止公开 法律、法规禁止公开"},
	{wRow, "denied.security_stability", "三安全一稳定 “三安全一稳定” 危及国家安全、公共安全、经济安全、社会稳定"},
	{wRow, "denied.third_party", "第三方合法权益 第三方权益"},
	{wRow, "denied.third_party~", "商业秘密 个人隐私"},
	{wRow, "denied.internal_affairs", "内部事务信息 三类内部事务信息 内部事务 内部管理信息"},
	{wRow, "denied.process_information", "过程性信息 四类过程性信息"},
	{wRow, "denied.enforcement_file", "行政执法案卷 执法案卷 执法案卷信息"},
	{wRow, "denied.administrative_query", "行政查询事项 行政查询"},
	{wRow, "unavailable", "无法提供"},
	{wRow, "unavailable.not_held", "不掌握相关政府信息 不掌握相关信息 不掌握"},
	{wRow, "unavailable.not_held~", "信息不存在 不存在 非本机关公开"},
	{wRow, "unavailable.needs_creation", "没有现成信息需要另行制作 没有现成信息 需要另行制作 需另行制作"},
	{wRow, "unavailable.still_unclear", "补正后申请内容仍不明确 补正后仍不明确 内容仍不明确 申请内容不明确"},
	{wRow, "rejected", "不予处理"},
	{wRow, "rejected.petition_complaint", "信访举报投诉类申请 信访举报投诉类 信访、举报、投诉类 信访、投诉、举报类 信访投诉举报类 " +
		"信访、举报、投诉类申请 信访、投诉、举报类申请 信访类申请"},
	{wRow, "rejected.repeated", "重复申请"},
	{wRow, "rejected.publication", "公开出版物"},
	{wRow, "rejected.mass_requests", "大量反复申请 无正当理由大量反复申请"},
	{wRow, "rejected.reconfirmation", "确认或重新出具 重新出具"},
	{wRow, "other", "其他处理 作其他处理 其它处理 作其它处理 其他方式处理"},
	{wRow, "other.correction_overdue", "逾期不补正 逾期未补正 无正当理由逾期不补正"},
	{wRow, "other.fee_overdue", "逾期未按收费通知要求缴纳费用 逾期未缴费 逾期不缴费 逾期未缴纳费用"},

	{wResult, "upheld", "维持 结果维持 予以维持 被维持"},
	{wResult, "corrected", "纠正 结果纠正 被纠正 予以纠正 纠错 被纠错"},
	{wResult, "other", "其他结果 其它结果 其他"},
	{wResult, "pending", "尚未审结 未审结 尚未办结 正在审理 审理中 待审结 未结 待结 尚在审理"},
	{wHint, "corrected", "撤销 变更 确认违法 责令履行 责令 败诉"},
	{wHint, "other", "终止 撤回 撤诉 不予受理 调解 和解"},
	{wHint, "upheld", "驳回 胜诉"},
	{wHint, "closed", "审结 已审结"},

	{wCourt, "review", "行政复议 申请行政复议 行政复议申请 被申请行政复议 复议案件 行政复议案件 复议申请 被申请复议 申请复议 被复议 被行政复议"},
	{wCourt, "litigation", "行政诉讼 提起行政诉讼 被提起行政诉讼 诉讼案件 行政诉讼案件 诉讼 行政应诉 被起诉 被诉"},
	{wCourt, "litigation_direct", "未经复议直接起诉 未经行政复议直接起诉 直接起诉 直接提起行政诉讼 未经复议直接提起行政诉讼 未经复议直接提起诉讼"},
	{wCourt, "litigation_after_review", "复议后起诉 复议后提起行政诉讼 经复议后起诉 经行政复议后起诉 复议后提起诉讼 复议后诉讼"},

	{wNew, "", "新收 新收到 新增 新接收 新受理 新收件"},
	{wReceived, "", "收到 接收 受理 接到 接收到 收件 收取到 被申请公开"},
	{wHandled, "", "办结 答复 回复 办复 办理完毕 办理答复 办理完成 已办结"},
	{wProcessed, "", "办理 处理 收办"},
	{wCarry, "", "结转 转结"},
	{wCarryOut, "", "转下年 转下年度 转下一年 转下一年度 转入下年 转入下一年 转至下年 转至下一年 转次年"},
	{wCarryOut, "soft", "未办结 尚未答复 未答复 正在办理 正在办理中 办理中 尚在办理 仍在办理 未到答复期限 跨年办理"},
	{wRequest, "", "政府信息公开申请 信息公开申请 公开政府信息申请 公开政府信息的申请 依申请公开 依申请信息公开 依申请公开信息 依申请公开申请 " +
		"依申请公开政府信息 依申请 政府信息申请 申请公开政府信息 申请政府信息公开 申请政府信息 申请信息公开 申请公开 公开申请 政务信息公开申请 要求公开政务信息的申请 " +
		"公开政务信息的申请 信息公开申请件 依申请公开件 依申请件"},
	{wRequestWeak, "", "申请 申请件 申请量 申请数量"},

	{wApplicant, "natural_person", "自然人"}, {wApplicant, "natural_person~", "公民 公民个人 个人"},
	{wApplicant, "legal_persons", "法人或其他组织 法人和其他组织 法人及其他组织 法人或者其他组织 法人、其他组织 法人"},
	{wApplicant, "business", "商业企业"}, {wApplicant, "business~", "企业"},
	{wApplicant, "research", "科研机构"},
	{wApplicant, "public_welfare", "社会公益组织 公益组织"},
	{wApplicant, "legal_service", "法律服务机构 律师事务所"},
	{wChannel, "", "网上 网络 信函 邮寄 当面 现场 传真 电子邮件 电子邮箱 平台 窗口 线上 线下"},

	{wForeign, "", "主动公开 建议 提案 意见 信访 举报 投诉 咨询 留言 来信 来电 来访 工单 热线 舆情 培训 会议 网站 微信 微博 公众号 新媒体 " +
		"公报 文章 稿件 案例 问卷 活动 专栏 专区 解读 推送 回应 清单 目录 指南 预算 决算 采购 招标 应诉 事项 公示 政府文件 政策文件 部门文件 报道 " +
		"栏目 错敏 问题 整改 检查 督查 制度 通知 简报 动态 访谈 发布会 期刊 视频 图片 成果 征集 补贴 补贴申请 低保申请 补助申请 救助申请 许可申请 更正申请 " +
		"登记申请 听证 补正申请 补正告知 延期答复 延期办理 延期 征询 转交 转送 协助调查 协查 调研 异议 通报 约谈 考核 奖励 表彰 补正通知 第三方意见 征求意见"},
	{wInfo, "", "信息"},

	{wDocument, "normative", "规范性文件 行政规范性文件"},
	{wDocument, "regulations", "规章 政府规章"},
	{wDocVerb, "issued", "制发 制定 制定发布 制定并发布 制定公布 制发公布 印发公开 出台 印发 新制发 新制定 制定出台 新制作 新出台 制定印发"},
	{wDocVerb, "repealed", "废止 失效 宣布失效 废止失效 废止或失效 废止、失效"},
	{wDocVerb, "in_force", "现行有效 继续有效"},
	{wDocVerb, "published", "公开 发布 公布"},
	{wDocVerb, "", "清理 备案 备案审查 审查 审核 修订 修改 起草 评估 代拟"},
	{wDecision, "licences", "行政许可"},
	{wDecision, "penalties", "行政处罚"},
	{wDecision, "enforcements", "行政强制"},
	{wDecided, "firm", "作出 做出 处理决定 决定"},
	{wDecided, "", "实施"},
	{wFee, "fees", "行政事业性收费"},
	{wFee, "info_fee", "信息处理费 信息公开处理费 处理费"},
	{wFeeWeak, "", "收费 费用"},

	{wShare, "", "占 占比 占总 比例 比重 占比为"},
	{wRate, "", "率"},
	{wUp, "", "增长 增加 上升 提高 增幅 增长率"}, {wUp, "adjacent", "多"},
	{wDown, "", "下降 减少 降低 下滑 降幅 回落"}, {wDown, "adjacent", "少"},
	{wFlat, "", "持平 相当"},
	{wDouble, "", "翻一番 翻番 翻了一番"},
	{wTo, "", "增加到 增至 增加至 增长到 增长至 上升到 上升至 减少到 减少至 减至 降至 降到 下降到 下降至"},
	{wThan, "", "较 比 相较 对比 相比"},
	{wAnnual, "", "同比 环比"},
	{wLast, "", "上年 上年度 上一年 上一年度 去年 去年同期 上年同期 往年 前年 同期"},
	{wThis, "", "今年 本年 本年度 今年以来 本年以来 年初以来 全年 年内 本报告年度"},
	{wNext, "", "下年 下年度 下一年 下一年度 次年 明年 翌年"},
	{wSince, "", "以来 历年 近年来 近两年 近三年 近五年 近几年 三年来 两年来 五年来 年均"},
	{wSoFar, "", "累计"},
	{wPeriod, "", "上半年 下半年 半年 季度 前三季度"},
	{wPlan, "", "计划 预计 力争 拟于"},
	{wOwn, "", "我局 我市 我区 我县 我镇 我乡 我办 我委 我厅 我院 我所 我街道 我单位 我机关 我中心 我队 我旗 我省 我州 本局 本机关 本单位 本办 本委 本厅 本街道 本镇 本乡 " +
		"本市 本区 本县 本部门 局机关 本行政机关 管委会"},
	{wWhole, "省", "全省"}, {wWhole, "市", "全市"}, {wWhole, "区", "全区"}, {wWhole, "县", "全县"}, {wWhole, "镇", "全镇"},
	{wWhole, "乡", "全乡"}, {wWhole, "旗", "全旗"}, {wWhole, "州", "全州"}, {wWhole, "街道", "全街道"}, {wWhole, "系统", "全系统"}, {wWhole, "国", "全国"},
	{wLevel, "part", "本级 市政府本级 区政府本级 县政府本级 市本级 区本级 县本级 各部门 各单位 各县区 各区县 各县市区 各镇街 各街道 各乡镇 下属单位 下属 所属单位 " +
		"局属单位 局属各单位 直属单位 市直部门 区直部门 县直部门 各科室 有关部门 相关部门 基层单位 二级单位 分局 辖区"},
	{wCourtOf, "", "作为复议机关 作为行政复议机关"},
	{wAmong, "", "其中 包括"},
	{wIncl, "", "含 包含"},
	{wResp, "", "分别"},
	{wEach, "", "均 各 都"},
	{wConj, "", "和 及 与 或 以及 或者"},
	{wAbout, "", "约 近 大约 将近"},
	{wOver, "", "超 超过 逾 突破"},
	{wQual, "", "涉及 关于 有关"},
	{wNil, "", "未收到 没有收到 未接到 没有接到 未受理 没有受理 未收取 没有收取 未产生 没有产生 没有 暂未 尚无 暂无 并无 从未 未被 未接收 未接收到 未收 未新收 未涉及 未办理 未有 未收到任何"},
	{wNilBack, "", "未发生 没有发生 未出现 没有出现 无"},
	{wQuiet, "asker", "申请人"},
	{wQuiet, "", "复议机关 行政复议机关 被诉行政行为 答复期限 答复时限 延长答复 无正当理由 无关 无误 无障碍 无故 无偿 无需 无论 无条件 无缝 无人 无力 无理 第三方 各类 各级 各地 各项 附近 最近 接近 较好 较为 较大 较多 比较 " +
		"至少 不少 较少 多元 多样 多种 多次 多渠道 多途径 多形式 许多 更多 众多 多年 多方 多维 参与 与会 涉密人员 政府信息管理 均衡 超期 超时 占地 率先 效率 " +
		"信息公开指南 信息公开目录 信息公开专栏 公开平台 信息化 不断 机关 结合 比如 近期 近日 建议人 各自 都市 首都 成都 含有 含义 突破口 和谐 温和 及时 以及时 普及 涉及面"},
	{wMention, "", "信息公开 政府信息 政务信息 政务公开"},
}
