package mail

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"syscall"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/fault"
)

// The headers that a gateway checks: the signature is “v1=” and the HMAC-SHA256, in lower-case hex, of the timestamp, a full
// stop, and the body, under the shared secret. A gateway refuses a timestamp (Unix seconds) that is more than some minutes
// off, and an id that it has sent already.
const (
	TimestampHeader = "X-Gongkai-Timestamp"
	SignatureHeader = "X-Gongkai-Signature"
)

// HookSettings is the gateway of the site, for example to text messages.
type HookSettings struct {
	URL     string // https://…
	Secret  string // shared with the gateway, 16 bytes or more
	Plain   bool   // http:// is allowed, for a gateway on this machine or in the same room
	Timeout time.Duration
	Roots   *x509.CertPool // as in Settings
}

// Hook posts to the gateway, and to nothing else: it follows no redirect and uses no proxy.
type Hook struct {
	url    string
	secret []byte
	client *http.Client
}

// minSecret is the least length of a secret, in bytes.
const minSecret = 16

// NewHook checks the settings. Errors: fault.Usage, code "hook.settings".
func NewHook(set HookSettings) (*Hook, error) {
	u, err := url.Parse(set.URL)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errHook("短信网关的地址写成 https://gateway.example.cn/path 的样子，不带账号和密码", nil)
	case u.Scheme == "http" && !set.Plain:
		return nil, errHook("短信网关的地址要用 https；网关就在本机时，可以在设置里明确允许 http", nil)
	case len(set.Secret) < minSecret:
		return nil, errHook(fmt.Sprintf("短信网关的共享密钥至少 %d 个字符", minSecret), nil)
	case set.Timeout < 0:
		return nil, errHook("短信网关的等待时间不能是负数", nil)
	}
	if set.Timeout == 0 {
		set.Timeout = DefaultTimeout
	}
	dialer := &net.Dialer{Timeout: set.Timeout, Control: guard}
	return &Hook{url: u.String(), secret: []byte(set.Secret), client: &http.Client{
		Timeout:       set.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: set.Timeout, TLSClientConfig: &tls.Config{RootCAs: set.Roots, MinVersion: tls.VersionTLS12}},
	}}, nil
}

var errGuard = errors.New("hook: no gateway stands at this address")

// guard looks at the address that the name of the gateway leads to. A gateway may stand in the same network; it cannot stand
// where clouds answer with the credentials of the machine (link-local), nor at no address or at many.
func guard(_, addr string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(addr)
	if err != nil {
		return errGuard
	}
	ip := at.Addr().Unmap()
	if ip.IsLinkLocalUnicast() || ip.IsMulticast() || ip.IsUnspecified() || ip == netip.AddrFrom4([4]byte{255, 255, 255, 255}) {
		return errGuard
	}
	return nil
}

// Call is one message to one phone.
type Call struct {
	ID   string `json:"id"`   // the same for every attempt
	Kind string `json:"kind"` // of the notice
	To   string `json:"to"`   // the number, which the person chose to give
	Text string `json:"text"`
}

var number = regexp.MustCompile(`^\+?[0-9][0-9-]{4,19}$`)

func (c Call) check() error {
	switch {
	case c.ID == "" || c.Kind == "" || c.Text == "" || !utf8.ValidString(c.ID+c.Kind+c.Text):
		return errMessage("hook.message", "短信没有标识、种类或内容")
	case !number.MatchString(c.To):
		return errMessage("hook.message", "电话号码写得不对，只写数字，可以带区号和横线")
	}
	return nil
}

// Post hands one message to the gateway. at is the time of the signature. Errors: those that ClassOf tells apart.
func (h *Hook) Post(ctx context.Context, c Call, at time.Time) error {
	err := c.check()
	if err != nil {
		return err
	}
	body, err := json.Marshal(c)
	if err != nil {
		return errMessage("hook.message", "短信写不成 JSON")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.url, bytes.NewReader(body))
	if err != nil {
		return errHook("短信网关的地址不能用，请管理员检查", nil)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, h.secret)
	mac.Write([]byte(stamp + "."))
	mac.Write(body)
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("User-Agent", "gongkai")
	req.Header.Set(TimestampHeader, stamp)
	req.Header.Set(SignatureHeader, "v1="+hex.EncodeToString(mac.Sum(nil)))
	res, err := h.client.Do(req)
	if err != nil {
		return h.broken(ctx, err)
	}
	defer res.Body.Close()
	// Read to its end, a connection can be used again; of a long answer nobody reads the rest.
	_, err = io.CopyN(io.Discard, res.Body, 4<<10)
	if err != nil && !errors.Is(err, io.EOF) && res.StatusCode/100 != 2 {
		return h.broken(ctx, err)
	}
	return judgeStatus(res.StatusCode)
}

// broken is for a gateway that gave no answer. The words of the error are left behind: they hold the whole address.
func (h *Hook) broken(ctx context.Context, err error) error {
	var cert *tls.CertificateVerificationError
	var name *net.DNSError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return fault.Wrap(fault.Cancelled, "hook.cancelled", "发送短信被中止，稍后再试", context.Canceled)
	case errors.Is(err, errGuard):
		return errHook("短信网关的地址指向不允许的网络地址，请管理员检查", errGuard)
	case errors.As(err, &cert):
		return errHook("短信网关的证书不可信，或不是这台服务器的，请管理员检查", certificate(cert))
	case errors.As(err, &name) && name.IsNotFound:
		return errHook("找不到短信网关这个主机名，请管理员检查", errors.New("dns: no such host"))
	}
	return fault.Wrap(fault.Incapable, "hook.temporary", "短信网关没有回答，稍后再试", errors.New("hook: no answer"))
}

func judgeStatus(status int) error {
	said := fmt.Errorf("hook: status %d", status)
	switch {
	case status/100 == 2:
		return nil
	case status == http.StatusRequestTimeout || status == http.StatusTooEarly || status == http.StatusTooManyRequests || status/100 == 5:
		return fault.Wrap(fault.Incapable, "hook.temporary", fmt.Sprintf("短信网关暂时不能发送（%d），稍后再试", status), said)
	case status/100 == 3, status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound,
		status == http.StatusMethodNotAllowed, status == http.StatusUnsupportedMediaType:
		return errHook(fmt.Sprintf("短信网关不接受本系统（%d），请管理员检查地址和密钥", status), said)
	}
	return fault.Wrap(fault.Usage, "hook.refused", fmt.Sprintf("短信网关拒绝了这条短信（%d），请核对电话", status), said)
}

func errHook(message string, cause error) error {
	return fault.Wrap(fault.Usage, "hook.settings", message, cause)
}
