package browsertest

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// axeScript is axe-core 4.14.1, MPL-2.0; see testdata/README.md.
//
//go:embed testdata/axe.min.js
var axeScript string

// violation is a rule that a page breaks, and where.
type violation struct {
	Rule   string   `json:"rule"`
	Impact string   `json:"impact"`
	Help   string   `json:"help"`
	Where  []string `json:"where"`
}

func (v violation) String() string {
	return fmt.Sprintf("%s (%s): %s\n\t%s", v.Rule, v.Impact, v.Help, strings.Join(v.Where, "\n\t"))
}

// axeRun gives the barriers that keep people out: serious and critical ones, by WCAG 2.2 A and AA and the rules of good
// practice.
const axeRun = `axe.run(document, {resultTypes: ['violations'], runOnly: {type: 'tag',
	values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}}).then(r => JSON.stringify(r.violations
	.filter(v => v.impact === 'serious' || v.impact === 'critical')
	.map(v => ({rule: v.id, impact: v.impact, help: v.help, where: v.nodes.slice(0, 8).map(n => n.target.join(' ') + '  ' + n.html.slice(0, 160)
		+ '  ' + (n.any.concat(n.all, n.none)[0] || {message: ''}).message)}))))`

// axe looks for barriers in the page that the tab shows, in any browser context. The script comes in by the debugging
// protocol, where the policy of the page, which stays in force, does not hold.
func axe(t *testing.T, ctx context.Context) []violation { //nolint:revive // a test helper has its t first
	t.Helper()
	_, err := chromedp.Run(ctx, chromedp.Evaluate[any](axeScript+";undefined"))
	if err != nil {
		t.Fatalf("axe: %v", err)
	}
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](axeRun, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatalf("axe: %v", err)
	}
	var out []violation
	err = json.Unmarshal([]byte(text), &out)
	if err != nil {
		t.Fatalf("axe: %v", err)
	}
	return out
}

// accessible fails the test for every serious or critical barrier in the page that is shown.
func (b *tab) accessible(name string) {
	b.t.Helper()
	for _, v := range axe(b.t, b.ctx) {
		b.t.Errorf("%s: %s", name, v)
	}
}

func TestAxeFindsBarriers(t *testing.T) {
	b := browser(t, galleryServer(t))
	b.open("/gallery?view=plain")
	eval[any](b, "document.querySelector('label').remove(), document.documentElement.removeAttribute('lang'), document.querySelector('h1').style.color = '#ccc'")
	found := map[string]bool{}
	for _, v := range axe(t, b.ctx) {
		found[v.Rule] = true
	}
	for _, rule := range []string{"label", "html-has-lang", "color-contrast"} {
		if !found[rule] {
			t.Errorf("%s is not found; found: %v", rule, found)
		}
	}
}
