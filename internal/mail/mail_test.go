package mail_test

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/mail"
)

// server is an SMTP server in this process, with what it was told and what it answers.
type server struct {
	port               int
	user, password     string
	mail, rcpt, data   error // answers
	mu                 sync.Mutex
	from, to, messages []string
	encrypted          bool
	signedIn           string
}

func (s *server) NewSession(c *smtp.Conn) (smtp.Session, error) {
	_, tls := c.TLSConnectionState()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.encrypted = tls
	return &session{s}, nil
}

type session struct{ *server }

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.from = append(s.from, from)
	if s.user != "" && s.signedIn == "" {
		return &smtp.SMTPError{Code: 530, EnhancedCode: smtp.EnhancedCode{5, 7, 0}, Message: "sign in first"}
	}
	return s.mail
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.to = append(s.to, to)
	return s.rcpt
}

func (s *session) Data(r io.Reader) error {
	data, err := io.ReadAll(r)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.data == nil {
		s.messages = append(s.messages, string(data))
	}
	if err != nil {
		return err
	}
	return s.data
}

func (s *session) AuthMechanisms() []string {
	if s.user == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		if user != s.user || password != s.password {
			return smtp.ErrAuthFailed
		}
		s.signedIn = user
		return nil
	}), nil
}

// certificate is one for 127.0.0.1, with who signed it.
func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	h := httptest.NewTLSServer(nil)
	defer h.Close()
	pool := x509.NewCertPool()
	pool.AddCert(h.Certificate())
	return &tls.Config{Certificates: h.TLS.Certificates, MinVersion: tls.VersionTLS12}, pool
}

func listen(t *testing.T) (net.Listener, int) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l, l.Addr().(*net.TCPAddr).Port
}

// start starts the server; kind says how it speaks TLS.
func (s *server) start(t *testing.T, kind mail.TLS, config *tls.Config) *server {
	t.Helper()
	l, port := listen(t)
	s.port = port
	srv := smtp.NewServer(s)
	srv.Domain = "mx.example.cn"
	srv.ErrorLog = quietLog{}
	switch kind {
	case mail.StartTLS:
		srv.TLSConfig = config
	case mail.FullTLS:
		l = tls.NewListener(l, config)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		srv.Serve(l)
	}()
	t.Cleanup(func() { srv.Close(); l.Close(); <-done })
	return s
}

type quietLog struct{}

func (quietLog) Printf(string, ...any) {}
func (quietLog) Println(...any)        {}

func sender(t *testing.T, set mail.Settings) *mail.Sender {
	t.Helper()
	set.Host = "127.0.0.1"
	if set.From == "" {
		set.From = "示例县公开平台 <noreply@gk.example.cn>"
	}
	s, err := mail.New(set)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var letter = mail.Message{To: "zhang@example.cn", Subject: "【示例县政府信息公开平台】待您审核",
	Text: "有一件材料等您审核，请登录工作台办理。\n\n.\n第二段", Link: "https://gk.example.cn/desk/reviews/1", Key: "notice.mail n1"}

func TestAMailArrivesAsItWasWritten(t *testing.T) {
	config, pool := certificate(t)
	for _, kind := range []mail.TLS{mail.NoTLS, mail.StartTLS, mail.FullTLS} {
		t.Run(string(kind), func(t *testing.T) {
			srv := (&server{}).start(t, kind, config)
			s := sender(t, mail.Settings{Port: srv.port, TLS: kind, Roots: pool})
			for range 2 { // a second attempt
				if err := s.Send(t.Context(), letter); err != nil {
					t.Fatal(err)
				}
			}
			if srv.encrypted != (kind != mail.NoTLS) || len(srv.messages) != 2 {
				t.Errorf("encrypted %v, %d mails", srv.encrypted, len(srv.messages))
			}
			if d := cmp.Diff([]string{"noreply@gk.example.cn zhang@example.cn"}, []string{srv.from[0] + " " + srv.to[0]}); d != "" {
				t.Errorf("envelope (-want +got):\n%s", d)
			}
			checkMail(t, srv.messages[0])
			if first, second := head(t, srv.messages[0]).Get("Message-ID"), head(t, srv.messages[1]).Get("Message-ID"); first != second || first == "" {
				t.Errorf("attempts are called %s and %s", first, second)
			}
		})
	}
}

func head(t *testing.T, raw string) netmail.Header {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	return m.Header
}

func checkMail(t *testing.T, raw string) {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	decode := func(name string) string {
		s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		return s
	}
	got := map[string]string{"Subject": decode("Subject"), "From": decode("From"), "To": m.Header.Get("To")}
	for _, name := range []string{"Auto-Submitted", "X-Auto-Response-Suppress", "Content-Type", "Content-Transfer-Encoding", "User-Agent", "X-Mailer"} {
		got[name] = m.Header.Get(name)
	}
	want := map[string]string{"Subject": letter.Subject, "From": "示例县公开平台 <noreply@gk.example.cn>", "To": "<zhang@example.cn>", "Auto-Submitted": "auto-generated",
		"X-Auto-Response-Suppress": "All", "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "base64", "User-Agent": "", "X-Mailer": ""}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("head (-want +got):\n%s", d)
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, m.Body))
	if err != nil {
		t.Fatal(err)
	}
	if want := "有一件材料等您审核，请登录工作台办理。\r\n\r\n.\r\n第二段\r\n\r\n打开：https://gk.example.cn/desk/reviews/1\r\n"; string(body) != want {
		t.Errorf("body %q\nwant %q", body, want)
	}
	if strings.ContainsFunc(raw, func(r rune) bool { return r > 126 }) {
		t.Error("bytes beyond ASCII on the line")
	}
}

func TestSigningIn(t *testing.T) {
	config, pool := certificate(t)
	for name, test := range map[string]struct {
		password string
		class    mail.Class
		code     string
	}{"right": {"correct horse", "", ""}, "wrong": {"battery staple", mail.Wrong, "mail.settings"}} {
		t.Run(name, func(t *testing.T) {
			srv := (&server{user: "gongkai", password: "correct horse"}).start(t, mail.StartTLS, config)
			err := sender(t, mail.Settings{Port: srv.port, TLS: mail.StartTLS, Roots: pool, User: "gongkai", Password: test.password}).Send(t.Context(), letter)
			if test.class == "" {
				if err != nil || srv.signedIn != "gongkai" || len(srv.messages) != 1 {
					t.Errorf("error %v, signed in %q, %d mails", err, srv.signedIn, len(srv.messages))
				}
				return
			}
			checkError(t, err, test.class, test.code)
			if strings.Contains(chain(err), test.password) {
				t.Errorf("the error holds the password: %s", chain(err))
			}
		})
	}
	t.Run("not offered", func(t *testing.T) {
		srv := (&server{}).start(t, mail.StartTLS, config)
		checkError(t, sender(t, mail.Settings{Port: srv.port, TLS: mail.StartTLS, Roots: pool, User: "a", Password: "b"}).Send(t.Context(), letter), mail.Wrong, "mail.settings")
	})
	t.Run("asked for and not set", func(t *testing.T) {
		srv := (&server{user: "a", password: "b"}).start(t, mail.StartTLS, config)
		checkError(t, sender(t, mail.Settings{Port: srv.port, TLS: mail.StartTLS, Roots: pool}).Send(t.Context(), letter), mail.Wrong, "mail.settings")
	})
}

// chain writes an error with all its causes.
func chain(err error) string {
	if err == nil {
		return ""
	}
	out := err.Error()
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range many.Unwrap() {
			out += " | " + chain(e)
		}
	}
	return out + " | " + chain(errors.Unwrap(err))
}

func checkError(t *testing.T, err error, class mail.Class, code string) {
	t.Helper()
	if err == nil || fault.CodeOf(err) != code || mail.ClassOf(err) != class {
		t.Errorf("error %v of code %s and class %s, want %s and %s", err, fault.CodeOf(err), mail.ClassOf(err), code, class)
	}
	if strings.Contains(chain(err), "zhang") || strings.Contains(chain(err), "example.cn") {
		t.Errorf("the error holds an address: %s", chain(err))
	}
}

func TestWhatTheServerAnswers(t *testing.T) {
	answer := func(code, class int) error {
		return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{class, 1, 1}, Message: "<zhang@example.cn> says no"}
	}
	for name, test := range map[string]struct {
		srv   *server
		class mail.Class
		code  string
		says  string
	}{
		"unknown person":      {&server{rcpt: answer(550, 5)}, mail.Permanent, "mail.refused", "550 5.1.1"},
		"greylisted":          {&server{rcpt: answer(451, 4)}, mail.Temporary, "mail.temporary", "451 4.1.1"},
		"full":                {&server{rcpt: answer(452, 4)}, mail.Temporary, "mail.temporary", "452"},
		"refused as spam":     {&server{data: answer(554, 5)}, mail.Permanent, "mail.refused", "554"},
		"no room now":         {&server{data: answer(452, 4)}, mail.Temporary, "mail.temporary", "452"},
		"sender refused":      {&server{mail: answer(553, 5)}, mail.Wrong, "mail.settings", "553"},
		"sender later":        {&server{mail: answer(450, 4)}, mail.Temporary, "mail.temporary", "450"},
		"sign-in wanted late": {&server{rcpt: answer(530, 5)}, mail.Wrong, "mail.settings", "530"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := test.srv.start(t, mail.NoTLS, nil)
			err := sender(t, mail.Settings{Port: srv.port, TLS: mail.NoTLS}).Send(t.Context(), letter)
			checkError(t, err, test.class, test.code)
			if !strings.Contains(fault.Message(err), test.says) || len(srv.messages) != 0 {
				t.Errorf("message %s, want %s in it; %d mails", fault.Message(err), test.says, len(srv.messages))
			}
		})
	}
}

func TestAServerThatCannotBeTrusted(t *testing.T) {
	config, pool := certificate(t)
	for name, test := range map[string]struct {
		speaks, wanted mail.TLS
		roots          *x509.CertPool
		says           string
	}{
		"unknown authority":           {mail.StartTLS, mail.StartTLS, nil, "证书"},
		"unknown authority from byte": {mail.FullTLS, mail.FullTLS, nil, "证书"},
		"no STARTTLS":                 {mail.NoTLS, mail.StartTLS, pool, "不支持"},
		"no TLS":                      {mail.NoTLS, mail.FullTLS, pool, "不用 TLS"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := (&server{}).start(t, test.speaks, config)
			err := sender(t, mail.Settings{Port: srv.port, TLS: test.wanted, Roots: test.roots}).Send(t.Context(), letter)
			checkError(t, err, mail.Wrong, "mail.settings")
			if !strings.Contains(fault.Message(err), test.says) || len(srv.from) != 0 {
				t.Errorf("message %s, want %s in it; told %v", fault.Message(err), test.says, srv.from)
			}
		})
	}
}

// script answers each line with the next answer, then does what end says.
func script(t *testing.T, answers []string, end func(net.Conn)) int {
	l, port := listen(t)
	done := make(chan struct{})
	go func() {
		defer close(done)
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		for i, a := range answers {
			fmt.Fprint(conn, a+"\r\n")
			stop := "\n"
			if strings.HasPrefix(a, "354") {
				stop = "\r\n.\r\n"
			}
			if i < len(answers)-1 && !readTo(in, stop) {
				return
			}
		}
		end(conn)
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return port
}

func readTo(in *bufio.Reader, stop string) bool {
	var got strings.Builder
	for !strings.HasSuffix(got.String(), stop) {
		b, err := in.ReadByte()
		if err != nil {
			return false
		}
		got.WriteByte(b)
	}
	return true
}

// hang reads until the other side has had enough.
func hang(c net.Conn) { io.Copy(io.Discard, c) }

func TestAServerThatHangs(t *testing.T) {
	for name, answers := range map[string][]string{
		"says nothing":         {},
		"greets":               {"220 mx"},
		"takes the sender":     {"220 mx", "250 mx", "250 ok"},
		"never says it has it": {"220 mx", "250 mx", "250 ok", "250 ok", "354 go"},
	} {
		t.Run(name, func(t *testing.T) {
			port := script(t, answers, hang)
			ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			checkError(t, sender(t, mail.Settings{Port: port, TLS: mail.NoTLS}).Send(ctx, letter), mail.Temporary, "mail.temporary")
		})
		t.Run(name+", stopped", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			port := script(t, answers, func(c net.Conn) { cancel(); hang(c) })
			checkError(t, sender(t, mail.Settings{Port: port, TLS: mail.NoTLS}).Send(ctx, letter), mail.Temporary, "mail.cancelled")
		})
	}
	t.Run("own time", func(t *testing.T) {
		port := script(t, []string{"220 mx"}, hang)
		checkError(t, sender(t, mail.Settings{Port: port, TLS: mail.NoTLS, Timeout: 50 * time.Millisecond}).Send(t.Context(), letter), mail.Temporary, "mail.temporary")
	})
}

func TestAServerThatGoesAway(t *testing.T) {
	bye := func(net.Conn) {}
	l, closed := listen(t)
	l.Close()
	for name, test := range map[string]struct {
		port  int
		class mail.Class
		code  string
	}{
		"is not there":              {closed, mail.Temporary, "mail.temporary"},
		"hangs up":                  {script(t, nil, bye), mail.Temporary, "mail.temporary"},
		"hangs up after greeting":   {script(t, []string{"220 mx"}, bye), mail.Temporary, "mail.temporary"},
		"hangs up in the mail":      {script(t, []string{"220 mx", "250 mx", "250 ok", "250 ok", "354 go"}, bye), mail.Temporary, "mail.temporary"},
		"is too busy":               {script(t, []string{"421 later"}, bye), mail.Temporary, "mail.temporary"},
		"does not serve us":         {script(t, []string{"554 not you"}, bye), mail.Wrong, "mail.settings"},
		"hangs up once it has it":   {script(t, []string{"220 mx", "250 mx", "250 ok", "250 ok", "354 go", "250 got it"}, bye), "", ""},
		"complains after it had it": {script(t, []string{"220 mx", "250 mx", "250 ok", "250 ok", "354 go", "250 got it", "500 what", "500 what"}, bye), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			err := sender(t, mail.Settings{Port: test.port, TLS: mail.NoTLS}).Send(t.Context(), letter)
			if test.class == "" {
				if err != nil {
					t.Errorf("a mail that was taken counts as not sent: %v", err)
				}
				return
			}
			checkError(t, err, test.class, test.code)
		})
	}
}

func TestNobodyPutsALineIntoTheHead(t *testing.T) {
	srv := (&server{}).start(t, mail.NoTLS, nil)
	s := sender(t, mail.Settings{Port: srv.port, TLS: mail.NoTLS})
	for name, change := range map[string]func(*mail.Message){
		"subject":                 func(m *mail.Message) { m.Subject = "题\r\nBcc: all@example.cn" },
		"subject, bare newline":   func(m *mail.Message) { m.Subject = "题\nBcc: all@example.cn" },
		"subject, bare return":    func(m *mail.Message) { m.Subject = "题\rBcc: all@example.cn" },
		"subject, nul":            func(m *mail.Message) { m.Subject = "题\x00" },
		"subject, line separator": func(m *mail.Message) { m.Subject = "题\u2028Bcc: all@example.cn" },
		"subject, bad encoding":   func(m *mail.Message) { m.Subject = "题\xff" },
		"no subject":              func(m *mail.Message) { m.Subject = "" },
		"long subject":            func(m *mail.Message) { m.Subject = strings.Repeat("长", 201) },
		"address":                 func(m *mail.Message) { m.To = "a@example.cn\r\nRCPT TO:<b@example.cn>" },
		"address, newline":        func(m *mail.Message) { m.To = "a@example.cn\n" },
		"two addresses":           func(m *mail.Message) { m.To = "a@example.cn, b@example.cn" },
		"a name":                  func(m *mail.Message) { m.To = "张示例 <a@example.cn>" },
		"an option":               func(m *mail.Message) { m.To = "a@example.cn> NOTIFY=NEVER" },
		"quoted":                  func(m *mail.Message) { m.To = `"a b"@example.cn` },
		"literal":                 func(m *mail.Message) { m.To = "a@[127.0.0.1]" },
		"route":                   func(m *mail.Message) { m.To = "@x:a@example.cn" },
		"dots":                    func(m *mail.Message) { m.To = "a@example..cn" },
		"not ASCII":               func(m *mail.Message) { m.To = "张@example.cn" },
		"no address":              func(m *mail.Message) { m.To = "" },
		"long address":            func(m *mail.Message) { m.To = strings.Repeat("a", 250) + "@example.cn" },
		"link":                    func(m *mail.Message) { m.Link = "javascript:alert(1)" },
		"link, newline":           func(m *mail.Message) { m.Link = "https://gk.example.cn/\nx" },
		"text":                    func(m *mail.Message) { m.Text = "\xff" },
		"key":                     func(m *mail.Message) { m.Key = "" },
	} {
		m := letter
		change(&m)
		err := s.Send(t.Context(), m)
		if err == nil || mail.ClassOf(err) != mail.Permanent {
			t.Errorf("%s: error %v of class %s", name, err, mail.ClassOf(err))
		}
	}
	if len(srv.from)+len(srv.messages) != 0 {
		t.Errorf("the server was told %v, %d mails", srv.from, len(srv.messages))
	}
}

// FuzzHead: whatever the subject, address and key, the head of a mail that is sent has the lines it should have.
func FuzzHead(f *testing.F) {
	f.Add("题\r\nBcc: x@example.cn", "a@example.cn", "k")
	f.Add("=?utf-8?q?=0d=0aBcc:x?=", "a@example.cn", "k\r\nBcc: x")
	f.Add(strings.Repeat("很长的标题", 30), "a.b+c@example.cn", "k")
	f.Fuzz(func(t *testing.T, subject, to, key string) {
		m := mail.Message{To: to, Subject: subject, Text: "文", Key: key}
		raw, err := mail.Write("noreply@gk.example.cn", m)
		if err != nil {
			if mail.ClassOf(err) != mail.Permanent {
				t.Errorf("class %s of %v", mail.ClassOf(err), err)
			}
			return
		}
		h := head(t, raw)
		got, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
		if h.Get("Bcc") != "" || len(h) != 10 || h.Get("To") != "<"+to+">" {
			t.Errorf("head %v", h)
		}
		if !strings.Contains(subject, "=?") && (err != nil || strings.Join(strings.Fields(got), "") != strings.Join(strings.Fields(subject), "")) {
			t.Errorf("subject %q, want %q (%v)", got, subject, err)
		}
	})
}

func TestSettingsAreChecked(t *testing.T) {
	good := mail.Settings{Host: "smtp.example.cn", TLS: mail.StartTLS, From: "noreply@example.cn"}
	if _, err := mail.New(good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*mail.Settings){
		"no host":           func(s *mail.Settings) { s.Host = "" },
		"host with path":    func(s *mail.Settings) { s.Host = "smtp.example.cn/x" },
		"host with newline": func(s *mail.Settings) { s.Host = "smtp\n" },
		"no TLS":            func(s *mail.Settings) { s.TLS = "" },
		"port":              func(s *mail.Settings) { s.Port = 70000 },
		"password alone":    func(s *mail.Settings) { s.Password = "x" },
		"plain password":    func(s *mail.Settings) { s.TLS, s.User, s.Password = mail.NoTLS, "a", "b" },
		"no sender":         func(s *mail.Settings) { s.From = "" },
		"sender":            func(s *mail.Settings) { s.From = "示例 <不是邮箱>" },
		"sender injects":    func(s *mail.Settings) { s.From = "a@example.cn\r\nBcc: b@example.cn" },
		"time":              func(s *mail.Settings) { s.Timeout = -1 },
	} {
		set := good
		change(&set)
		_, err := mail.New(set)
		if fault.CodeOf(err) != "mail.settings" || mail.ClassOf(err) != mail.Wrong {
			t.Errorf("%s: error %v", name, err)
		}
	}
}
