package signin

import (
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/boombuler/barcode/qr"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/gongkai/gongkai/internal/fault"
)

// rfcSecret is the secret of the test vectors of RFC 6238, appendix B.
var rfcSecret = base32.StdEncoding.EncodeToString([]byte("12345678901234567890"))

// The vectors have eight digits; the last six of them are the code of six.
func TestCodesOfRFC6238(t *testing.T) {
	for unix, code := range map[int64]string{
		59: "94287082", 1111111109: "07081804", 1111111111: "14050471", 1234567890: "89005924", 2000000000: "69279037", 20000000000: "65353130",
	} {
		step, err := CheckCode(rfcSecret, code[2:], time.Unix(unix, 0), 0)
		if err != nil || step != unix/30 {
			t.Errorf("at %d: step %d, %v; want %d", unix, step, err, unix/30)
		}
	}
}

func TestCodesAreGoodOnceAndForAMinuteAndAHalf(t *testing.T) {
	at := func(unix int64) time.Time { return time.Unix(unix, 0) }
	const unix, step = 1111111111, 37037037 // the step runs from 1111111110 to 1111111139
	tests := []struct {
		name string
		code string
		now  int64
		last int64
		want int64
		err  string
	}{
		{"in its step", "050471", unix, 0, step, ""},
		{"one step late", "050471", unix + 30, 0, step, ""},
		{"one step early", "050471", unix - 30, 0, step, ""},
		{"at the last second", "050471", 1111111169, 0, step, ""},
		{"a second later", "050471", 1111111170, 0, 0, "signin.code_wrong"},
		{"a second too early", "050471", 1111111079, 0, 0, "signin.code_wrong"},
		{"after an earlier step was used", "050471", unix, step - 1, step, ""},
		{"twice", "050471", unix, step, 0, "signin.code_used"},
		{"after a later step was used", "050471", unix, step + 1, 0, "signin.code_used"},
		{"another", "050472", unix, 0, 0, "signin.code_wrong"},
		{"typed in groups", " 050 471 ", unix, 0, step, ""},
		{"typed wide", "０５０４７１", unix, 0, step, ""},
		{"five digits", "50471", unix, 0, 0, "signin.code_form"},
		{"none", "", unix, 0, 0, "signin.code_form"},
		{"letters", "abcdef", unix, 0, 0, "signin.code_wrong"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := CheckCode(rfcSecret, tt.code, at(tt.now), tt.last)
			if got != tt.want || tt.err == "" && err != nil {
				t.Errorf("step %d, %v; want %d", got, err, tt.want)
			}
			if tt.err != "" && (fault.CodeOf(err) != tt.err || !errors.Is(err, fault.SignIn)) {
				t.Errorf("error %v (%s), want %s", err, fault.CodeOf(err), tt.err)
			}
		})
	}
	if _, err := CheckCode("not base 32!", "123456", at(unix), 0); err == nil || fault.CodeOf(err) != "internal" {
		t.Errorf("a damaged secret: %v, want an internal error", err)
	}
}

func TestKeyURLSaysWhatAppsRead(t *testing.T) {
	secret := NewSecret()
	if raw, err := base32.StdEncoding.DecodeString(secret); err != nil || len(raw) != secretBytes {
		t.Fatalf("secret %q: %d bytes, %v", secret, len(raw), err)
	}
	text := KeyURL("示例市 信息公开", "zhang+shili", secret)
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{u.Scheme, u.Host, u.Path, u.Query().Get("secret"), u.Query().Get("issuer"), u.Query().Get("algorithm"), u.Query().Get("digits"), u.Query().Get("period")}
	want := []string{"otpauth", "totp", "/示例市 信息公开:zhang+shili", secret, "示例市 信息公开", "SHA1", "6", "30"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if strings.ContainsAny(u.RawQuery, "+ ") {
		t.Errorf("%q has a space that some apps read as +", text)
	}
}

var rect = regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`)

// TestQRPathDrawsTheModules fills the path in and compares it with the modules, and looks for the three corners by which
// readers find a code.
func TestQRPathDrawsTheModules(t *testing.T) {
	text := KeyURL("示例市政府信息公开", "zhangshili", NewSecret())
	got, err := QR(text)
	if err != nil {
		t.Fatal(err)
	}
	grid := make([][]bool, got.Size)
	for y := range grid {
		grid[y] = make([]bool, got.Size)
	}
	if rest := rect.ReplaceAllString(got.Path, ""); rest != "" {
		t.Fatalf("the path has %q besides rectangles", rest)
	}
	for _, m := range rect.FindAllStringSubmatch(got.Path, -1) {
		var n [4]int
		for i := range n {
			n[i], _ = strconv.Atoi(m[i+1])
		}
		if n[2] != n[3] {
			t.Fatalf("%q does not close", m[0])
		}
		for i := range n[2] {
			grid[n[1]][n[0]+i] = true
		}
	}
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		t.Fatal(err)
	}
	for y := range got.Size {
		for x := range got.Size {
			inside := x >= quiet && y >= quiet && x < got.Size-quiet && y < got.Size-quiet
			want := false
			if inside {
				r, _, _, _ := code.At(x-quiet, y-quiet).RGBA()
				want = r == 0
			}
			if grid[y][x] != want {
				t.Fatalf("module %d,%d: black %v, want %v", x, y, grid[y][x], want)
			}
		}
	}
	far := got.Size - quiet - 7
	for _, corner := range [][2]int{{quiet, quiet}, {far, quiet}, {quiet, far}} {
		for i, want := range []bool{true, false, true, true, true, false, true} {
			if grid[corner[1]+3][corner[0]+i] != want || grid[corner[1]+i][corner[0]+3] != want {
				t.Fatalf("no finder pattern at %v", corner)
			}
		}
	}
	if _, err := QR(strings.Repeat("长", 2000)); err == nil {
		t.Error("a text too long for any QR code is drawn")
	}
}

func TestRecoveryCodesAreGoodOnce(t *testing.T) {
	codes, digests := NewRecoveryCodes()
	if len(codes) != RecoveryCodes || len(digests) != RecoveryCodes || len(slices.Compact(slices.Sorted(slices.Values(codes)))) != RecoveryCodes {
		t.Fatalf("%d codes, %d digests, want %d of each, all different", len(codes), len(digests), RecoveryCodes)
	}
	form := regexp.MustCompile(`^[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){3}$`)
	left := digests
	for i, code := range codes {
		if !form.MatchString(code) {
			t.Errorf("code %q", code)
		}
		rest, ok := UseRecoveryCode(code, left)
		if !ok || len(rest) != RecoveryCodes-i-1 {
			t.Fatalf("code %d: %v with %d left", i, ok, len(rest))
		}
		left = rest
		if again, ok := UseRecoveryCode(code, left); ok || len(again) != len(left) {
			t.Fatalf("code %d was good twice", i)
		}
	}
	if _, ok := UseRecoveryCode(codes[0], digests); !ok {
		t.Error("the list that was handed in changed")
	}
	for _, bad := range []string{"", "-", "0000-0000-0000-0000", digests[0]} {
		if _, ok := UseRecoveryCode(bad, digests); ok {
			t.Errorf("%q is taken for a code", bad)
		}
	}
}

func TestRecoveryCodesAreTakenAsPeopleTypeThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		codes, digests := NewRecoveryCodes()
		var typed strings.Builder
		for _, c := range codes[rapid.IntRange(0, RecoveryCodes-1).Draw(t, "which")] {
			switch rapid.IntRange(0, 4).Draw(t, "how") {
			case 0:
				c = []rune(strings.ToUpper(string(c)))[0]
			case 1:
				c = map[rune]rune{'0': 'O', '1': 'l', '-': ' '}[c] + c*b2r(c != '0' && c != '1' && c != '-')
			case 2:
				c += '！' - '!'
			case 3:
				fmt.Fprint(&typed, " ")
			}
			typed.WriteRune(c)
		}
		if _, ok := UseRecoveryCode(typed.String(), digests); !ok {
			t.Fatalf("%q is not recognised", typed.String())
		}
	})
}

func b2r(b bool) rune {
	if b {
		return 1
	}
	return 0
}
