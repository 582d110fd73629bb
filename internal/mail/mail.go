// Package mail sends what leaves the house: mails through the site's SMTP server, and messages to phones through the gateway
// of the site. It says of every failure whether trying again may help, whether the address is wrong, or the settings; what
// it says never holds an address or a secret, so that it may stand in a log.
package mail

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"net"
	netmail "net/mail"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	gomail "github.com/wneessen/go-mail"
)

// TLS says how the connection to the server is protected.
type TLS string

// The ways. There is no “if the server can”: somebody on the line would see to it that it cannot.
const (
	NoTLS    TLS = "none"     // for a server on this machine or in the same room; no password is sent
	StartTLS TLS = "starttls" // plain until STARTTLS, which the server must offer
	FullTLS  TLS = "tls"      // from the first byte
)

// DefaultTimeout bounds one mail, from connecting to the last answer.
const DefaultTimeout = 30 * time.Second

// Settings is the SMTP server of the site.
type Settings struct {
	Host     string
	Port     int // 0 for 25, 587 or 465, by TLS
	TLS      TLS
	User     string // "" for a server that asks for none
	Password string
	From     string         // noreply@example.cn, or 名称 <noreply@example.cn>
	Timeout  time.Duration  // 0 for DefaultTimeout
	Roots    *x509.CertPool // who signed the server's certificate; nil for what the machine trusts
}

// Sender sends mails. It holds no connection, and may be used by many at once.
type Sender struct {
	set  Settings
	from *netmail.Address
}

// New checks the settings. Errors: fault.Usage, code "mail.settings".
func New(set Settings) (*Sender, error) {
	from, err := netmail.ParseAddress(set.From)
	ports := map[TLS]int{NoTLS: 25, StartTLS: 587, FullTLS: 465}
	switch {
	case set.Host == "" || strings.ContainsFunc(set.Host, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '/' }):
		return nil, errSettings("邮件服务器地址没有填或写错了，只写主机名，例如 smtp.example.cn", nil)
	case ports[set.TLS] == 0:
		return nil, errSettings("邮件服务器的加密方式请选 none、starttls 或 tls", nil)
	case set.Port < 0 || set.Port > 65535:
		return nil, errSettings("邮件服务器的端口是 1 到 65535 的数", nil)
	case set.User == "" && set.Password != "", set.User != "" && set.TLS == NoTLS:
		return nil, errSettings("邮件服务器要用账号和密码时，两个都要填，并用 starttls 或 tls 加密，密码不能明文发送", nil)
	case err != nil || !address.MatchString(from.Address) || hasControl(set.From):
		return nil, errSettings("发件人邮箱写成 noreply@example.cn 或 名称 <noreply@example.cn> 的样子", nil)
	case set.Timeout < 0:
		return nil, errSettings("邮件服务器的等待时间不能是负数", nil)
	}
	if set.Port == 0 {
		set.Port = ports[set.TLS]
	}
	if set.Timeout == 0 {
		set.Timeout = DefaultTimeout
	}
	return &Sender{set: set, from: from}, nil
}

// Message is one mail to one person, in plain text.
type Message struct {
	To      string // an address alone, without a name
	Subject string // one line
	Text    string
	Link    string // address of the page to open, "" for none
	// Key names the mail: a second attempt has the same Message-ID, so that a server or a person can recognise it.
	Key string
}

// address is the addresses that mail is sent to: those of ASCII, without quotes, comments or routes.
var address = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$")

const (
	maxAddress = 254
	maxSubject = 200
	maxText    = 64 << 10
)

func hasControl(s string) bool {
	return !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' })
}

// check refuses what could put a line of its own into the head of the mail.
func (m Message) check() error {
	switch {
	case len(m.To) > maxAddress || !address.MatchString(m.To) || strings.Contains(m.To, ".."):
		return errMessage("mail.address", "收件邮箱写得不对，请改成 name@example.cn 的样子")
	case m.Subject == "" || hasControl(m.Subject) || utf8.RuneCountInString(m.Subject) > maxSubject:
		return errMessage("mail.message", fmt.Sprintf("邮件标题是空的、不止一行或超过 %d 个字", maxSubject))
	case !utf8.ValidString(m.Text) || len(m.Text) > maxText:
		return errMessage("mail.message", "邮件正文太长或编码不对")
	case m.Key == "":
		return errMessage("mail.message", "邮件没有标识")
	}
	u, err := url.Parse(m.Link)
	if err != nil || hasControl(m.Link) || m.Link != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") || strings.ContainsAny(m.Link, " <>\"") {
		return errMessage("mail.message", "邮件里的链接不是网址")
	}
	return nil
}

// messageID is the same for the same key.
func (s *Sender) messageID(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:16]) + "@" + s.domain()
}

func (s *Sender) domain() string {
	_, domain, _ := strings.Cut(s.from.Address, "@")
	return domain
}

// write writes the mail. It has no picture, no HTML and no mark by which opening it could be seen.
func (s *Sender) write(m Message) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(s.from)
	err := msg.To(m.To)
	if err != nil {
		return nil, errMessage("mail.address", "收件邮箱写得不对，请改成 name@example.cn 的样子")
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(s.messageID(m.Key))
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday notice answers it
	msg.SetGenHeader(gomail.HeaderXAutoResponseSuppress, "All")
	text := strings.ReplaceAll(m.Text, "\r\n", "\n")
	if m.Link != "" {
		text += "\n\n打开：" + m.Link
	}
	msg.SetBodyString(gomail.TypeTextPlain, strings.ReplaceAll(text+"\n", "\n", "\r\n"))
	return msg, nil
}

// Send hands one mail to the server. It ends when ctx does, whatever the server is doing. When the server has taken the mail,
// it is sent, even if saying goodbye fails. Errors: those that ClassOf tells apart.
func (s *Sender) Send(ctx context.Context, m Message) error {
	err := m.check()
	if err != nil {
		return err
	}
	msg, err := s.write(m)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.set.Timeout)
	defer cancel()
	client, err := s.client(ctx)
	if err != nil {
		return errSettings("邮件服务器的设置不能用，请管理员检查", nil)
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() {
		return nil
	}
	return judge(ctx, err)
}

// client prepares a connection that is closed when ctx ends: the library itself minds ctx while it connects only.
func (s *Sender) client(ctx context.Context) (*gomail.Client, error) {
	config := &tls.Config{ServerName: s.set.Host, RootCAs: s.set.Roots, MinVersion: tls.VersionTLS12}
	dial := func(ctx2 context.Context, network, addr string) (net.Conn, error) {
		d := &net.Dialer{}
		open := d.DialContext
		if s.set.TLS == FullTLS {
			open = (&tls.Dialer{NetDialer: d, Config: config}).DialContext
		}
		conn, err := open(ctx2, network, addr)
		if err == nil {
			context.AfterFunc(ctx, func() { _ = conn.Close() }) // nobody is left to be told
		}
		return conn, err
	}
	opts := []gomail.Option{gomail.WithPort(s.set.Port), gomail.WithTimeout(s.set.Timeout), gomail.WithHELO(s.domain()),
		gomail.WithTLSConfig(config), gomail.WithDialContextFunc(dial), gomail.WithoutSMTPUTF8(), gomail.WithoutNoop()}
	switch s.set.TLS {
	case StartTLS:
		opts = append(opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
	case FullTLS:
		opts = append(opts, gomail.WithSSL())
	default:
		opts = append(opts, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.set.User != "" {
		opts = append(opts, gomail.WithUsername(s.set.User), gomail.WithPassword(s.set.Password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return gomail.NewClient(s.set.Host, opts...)
}
