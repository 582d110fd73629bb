package sample

import (
	"math/rand/v2"
	"strings"
)

// spoil lays the flaws over a finished text.
func (p *printer) spoil(rng *rand.Rand, text string, layout Layout) string {
	if p.has(Misprints) {
		text = misprint(rng, text)
	}
	if p.has(LabelSpaces) {
		text = strings.NewReplacer("大量反复申请", "大量反复 申请", "重新出具", "重 新出具", "（四）无法提供", "（四） 无法提供",
			"法律服务机构", "法律服务 机构", "7.属于", "7. 属于").Replace(text)
	}
	if p.has(LostNbsp) && layout == CellPadded {
		text = lostNbsp(rng, text)
	}
	if p.has(TaiwanWords) {
		text = strings.NewReplacer("规范性文件", "規範性檔案", "采购", "採購").Replace(text)
	}
	if p.has(Traditional) || p.has(Pinyin) || p.has(TaiwanWords) {
		text = traditional(text, p.has(Pinyin))
	}
	if p.has(HalfWidth) {
		text = strings.NewReplacer("（", "(", "）", ")", "，", ",", "：", ":", "；", ";", "？", "?").Replace(text)
	}
	return text
}

// misprints are errors found in the fixed text of published reports (VARIETY.md §3).
var misprints = [][2]string{
	{"2.其他法律行政法规禁止公开", "2.其他法律行政止公开"}, {"属于三类内部事务信息", "属于三类内容事务信息"}, {"不计其他情形", "不计这一情况"},
	{"科研机构", "科研企业"}, {"收到和处理政府信息公开申请", "收到的处理政府信息公开申请"}, {"本年制发件数", "本年发件"},
	{"现行有效件数", "现行有效件"}, {"现行有效件数", "现行有效件数（历史累计）"}, {"本年增/减", "本年增/"}, {"行政复议\n", "行政法复议\n"},
	{"本年新公开数量", "本年新制作数量"}, {"行政规范性文件", "规范性文件"}, {"（六）其他处理", "（六）其他"}, {"存在的主要问题及改进情况", "存在的主要问题及整改措施"},
	{"1.申请人无正当理由逾期不补正、行政机关不再处理其政府信息公开申请", "1.逾期不补正"},
	{"2.申请人逾期未按收费通知要求缴纳费用、行政机关不再处理其政府信息公开申请", "2.逾期不缴费"},
}

func misprint(rng *rand.Rand, text string) string {
	for _, m := range misprints {
		if rng.IntN(2) == 0 {
			text = strings.ReplaceAll(text, m[0], m[1])
		}
	}
	return text
}

// lostNbsp puts "? " before some values, where a no-break space was lost.
func lostNbsp(rng *rand.Rand, text string) string {
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if len(l) > 2 && l[0] >= '0' && l[0] <= '9' && strings.HasSuffix(l, " |") && rng.IntN(4) == 0 {
			lines[i] = "? " + l
		}
	}
	return strings.Join(lines, "\n")
}

// arranged returns the parts with the faults of structure.
func (p *printer) arranged() []part {
	parts := p.parts()
	if p.has(NoHeadings) {
		for i := 1; i < len(parts); i++ {
			if h := parts[i].heading; strings.HasPrefix(h, "一、") || strings.HasPrefix(h, "五、") || strings.HasPrefix(h, "六、") {
				parts[i].heading = ""
			}
		}
	}
	if p.has(OtherNumbers) {
		parts = renumbered(parts)
	}
	return parts
}

// renumbered gives the narrative numbers of its own and lets the tables start again at 一, as in 008.
func renumbered(parts []part) []part {
	var out []part
	heads := []string{"一、总体情况", "二、主动公开工作情况", "三、政府信息公开申请情况", "四、政府信息管理", "五、政府信息公开平台建设", "六、监督保障"}
	again := map[string]string{"二、": "一、", "三、": "二、", "四、": "三、", "五、": "四、", "六、": "五、"}
	for _, q := range parts {
		if strings.HasPrefix(q.heading, "一、") {
			for i, l := range q.lines {
				r := []rune(l)
				if len(r) > 4 && r[0] == '（' {
					l = string(r[3:])
				}
				out = append(out, part{heading: heads[min(i, 5)], lines: []string{l}})
			}
			continue
		}
		if r := []rune(q.heading); len(r) > 2 && again[string(r[:2])] != "" {
			q.heading = again[string(r[:2])] + string(r[2:])
		}
		out = append(out, q)
	}
	return out
}

func thousands(s string) string {
	digits := len(s)
	for i, r := range s {
		if r < '0' || r > '9' {
			digits = i
			break
		}
	}
	head, tail := s[:digits], s[digits:]
	for i := len(head) - 3; i > 0; i -= 3 {
		head = head[:i] + "," + head[i:]
	}
	return head + tail
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '０'
		}
		return r
	}, s)
}

// variants are pairs of a simplified character and its traditional form, for the words of the form and of the samples.
const variants = "组組后後总總况況动動开開条條规規项項内內发發数數废廢现現业業处處许許罚罰强強费費关關书書请請单單为為与與万萬会會务務机機构構织織计計转轉续續继繼办辦结結国國维維护護达達" +
	"终終给給复復议議讼訟诉訴审審纠糾经經号號额額采採购購长長据據当當无無举舉报報访訪类類确確认認获獲还還执執权權级級统統识識环環节節际際档檔监監县縣镇鎮区區乡鄉样樣" +
	"虚虛间間记記录錄电電话話从從个個门門户戶网網标標准準预預决決东東则則阶階领領导導实實绩績进進财財训訓练練质質广廣适適显顯传傳众眾满滿压壓选選较較应應对對严嚴紧緊" +
	"顺順难難响響协協调調仅僅岁歲龙龍华華义義补補证證细細说說释釋创創优優灭滅属屬过過营營师師稳穩员員资資贰貳责責队隊栏欄题題够夠时時阅閱览覽产產农農团團联聯赔賠偿償" +
	"缴繳纳納辖轄银銀险險们們习習贯貫彻徹届屆边邊态態让讓两兩诺諾设設备備询詢扩擴张張积積极極帮幫测測评評专專场場么麼旧舊见見观觀谁誰页頁"

// pinyins are what a faulty conversion left behind some characters (029 048).
var pinyins = map[rune]string{'據': "jù", '規': "guī", '發': "fā", '數': "shù", '現': "xiàn", '業': "yè", '區': "qū", '領': "lǐng", '導': "dǎo",
	'國': "guó", '結': "jié", '實': "shí", '動': "dòng", '項': "xiàng", '內': "nèi", '強': "qiáng", '費': "fèi", '請': "qǐng", '關': "guān",
	'計': "jì", '機': "jī", '構': "gòu", '會': "huì", '務': "wù"}

func traditional(text string, pinyin bool) string {
	table := map[rune]rune{}
	for pairs := []rune(variants); len(pairs) > 1; pairs = pairs[2:] {
		table[pairs[0]] = pairs[1]
	}
	var b strings.Builder
	inTag := false
	for _, r := range text {
		inTag = r == '<' || inTag && r != '>'
		t, ok := table[r]
		if !ok || inTag {
			b.WriteRune(r)
			continue
		}
		b.WriteRune(t)
		if pinyin && pinyins[t] != "" {
			b.WriteString("(" + pinyins[t] + ")")
		}
	}
	return b.String()
}
