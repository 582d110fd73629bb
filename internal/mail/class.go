package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/textproto"
	"strings"

	gomail "github.com/wneessen/go-mail"

	"github.com/gongkai/gongkai/internal/fault"
)

// Class says what can be done about a failure.
type Class string

// The classes.
const (
	Temporary Class = "temporary" // try again later
	Permanent Class = "permanent" // this message cannot be delivered: stop, and tell the person
	Wrong     Class = "settings"  // no message can be delivered: tell the administrator, and try again when they have seen to it
)

// ClassOf returns the class of an error of this package. What is not known is Temporary: whoever tries again does so a number
// of times only.
func ClassOf(err error) Class {
	switch fault.CodeOf(err) {
	case "mail.settings", "hook.settings":
		return Wrong
	case "mail.refused", "mail.address", "mail.message", "hook.refused", "hook.message":
		return Permanent
	}
	return Temporary
}

func errSettings(message string, cause error) error {
	return fault.Wrap(fault.Usage, "mail.settings", message, cause)
}

func errMessage(code, message string) error { return fault.New(fault.Usage, code, message) }

// judge makes an error of the library one of ours. Its words are left behind: they hold the address.
func judge(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return fault.Wrap(fault.Cancelled, "mail.cancelled", "发送邮件被中止，稍后再试", context.Canceled)
	}
	if ctx.Err() != nil {
		return fault.Wrap(fault.Incapable, "mail.temporary", "邮件服务器没有在限定时间内回答，稍后再试", context.DeadlineExceeded)
	}
	var sent *gomail.SendError
	if errors.As(err, &sent) {
		return judgeAnswer(sent.ErrorCode(), sent.EnhancedStatusCode(), sent.Reason)
	}
	return judgeOpening(err)
}

// judgeAnswer is for what the server said to the mail. Code 0 is a connection that broke.
func judgeAnswer(code int, status string, at gomail.SendErrReason) error {
	said := errors.New(strings.TrimSpace(fmt.Sprintf("smtp: %d %s, %s", code, status, at)))
	words := strings.TrimSpace(fmt.Sprintf("%d %s", code, status))
	switch {
	case code == 530 || code == 535 || code == 538 || code/100 == 5 && at == gomail.ErrSMTPMailFrom:
		return errSettings(fmt.Sprintf("邮件服务器不接受本系统的账号或发件人（%s），请管理员检查邮件设置", words), said)
	case code/100 == 5:
		return fault.Wrap(fault.Usage, "mail.refused", fmt.Sprintf("邮件服务器拒收（%s），请核对邮箱", words), said)
	case code == 0:
		return fault.Wrap(fault.Incapable, "mail.temporary", "与邮件服务器的连接断了，稍后再试", said)
	}
	return fault.Wrap(fault.Incapable, "mail.temporary", fmt.Sprintf("邮件服务器暂时不收（%s），稍后再试", words), said)
}

// judgeOpening is for what went wrong before the mail: connecting, encrypting, signing in.
func judgeOpening(err error) error {
	var answer *textproto.Error
	var cert *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	var name *net.DNSError
	var network *net.OpError
	switch {
	case errors.As(err, &answer) && answer.Code/100 == 4:
		return fault.Wrap(fault.Incapable, "mail.temporary", fmt.Sprintf("邮件服务器暂时不接待（%d），稍后再试", answer.Code), fmt.Errorf("smtp: %d", answer.Code))
	case answer != nil && answer.Code == 535:
		return errSettings("邮件服务器不认账号或密码（535），请管理员检查邮件设置", errors.New("smtp: 535"))
	case answer != nil:
		return errSettings(fmt.Sprintf("邮件服务器拒绝连接（%d），请管理员检查邮件设置", answer.Code), fmt.Errorf("smtp: %d", answer.Code))
	case errors.As(err, &cert):
		return errSettings("邮件服务器的证书不可信，或不是这台服务器的，请管理员检查主机名和证书", certificate(cert))
	case errors.As(err, &record):
		return errSettings("邮件服务器在这个端口不用 TLS，请管理员检查端口和加密方式", errors.New("tls: no TLS on this port"))
	case errors.As(err, &name) && name.IsNotFound:
		return errSettings("找不到邮件服务器这个主机名，请管理员检查", errors.New("dns: no such host"))
	case errors.As(err, &network), broken(err):
		return fault.Wrap(fault.Incapable, "mail.temporary", "连不上邮件服务器，稍后再试", errors.New("smtp: connection failed or broke"))
	}
	// What remains is said by the library about itself and the server: no STARTTLS, no AUTH, none of the kinds we have.
	return errSettings("邮件服务器不支持所设的加密或登录方式，请管理员检查邮件设置", errors.New("smtp: STARTTLS or AUTH not offered"))
}

// certificate keeps the reason, which names hosts and issuers only.
func certificate(err *tls.CertificateVerificationError) error {
	var host x509.HostnameError
	var unknown x509.UnknownAuthorityError
	switch {
	case errors.As(err, &host):
		return errors.New("x509: certificate is for another host")
	case errors.As(err, &unknown):
		return errors.New("x509: unknown authority")
	}
	return errors.New("x509: certificate is not valid")
}

// broken reports whether a connection ended in the middle.
func broken(err error) bool {
	var timeout net.Error
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &timeout)
}
