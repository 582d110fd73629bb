package app

import (
	"context"
	"net"
	"strconv"
	"time"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/config"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/mail"
	"github.com/gongkai/gongkai/internal/notice"
	"github.com/gongkai/gongkai/internal/work"
)

func personOf(by account.Actor) notice.Person { return notice.Person(by.Person) }

// outlets are the ways out of the house; nil where the site has none.
type outlets struct {
	mail *mail.Sender
	hook *mail.Hook
	site notice.Site
}

// newOutlets makes the ways out from the settings. Errors: fault.Usage naming what is wrong with them.
func newOutlets(c config.Serve, name string) (*outlets, error) {
	o := &outlets{site: notice.Site{Name: name, URL: c.BaseURL}}
	var err error
	if c.SMTPHost != "" {
		host, port := c.SMTPHost, 0
		if h, p, err := net.SplitHostPort(c.SMTPHost); err == nil {
			host = h
			if port, err = strconv.Atoi(p); err != nil {
				return nil, fault.New(fault.Usage, "mail.settings", "邮件服务器的端口是 1 到 65535 的数")
			}
		}
		o.mail, err = mail.New(mail.Settings{Host: host, Port: port, TLS: mail.TLS(c.SMTPTLS), User: c.SMTPUser, Password: c.SMTPPassword, From: c.SMTPFrom})
		if err != nil {
			return nil, err
		}
	}
	if c.Webhook != "" {
		o.hook, err = mail.NewHook(mail.HookSettings{URL: c.Webhook, Secret: c.WebhookKey, Plain: c.WebhookPlain})
	}
	return o, err
}

func (o *outlets) can() notice.Outlets {
	return notice.Outlets{Mail: o.mail != nil, Webhook: o.hook != nil}
}

// noticeKinds is how notices leave the house.
func (s *System) noticeKinds() map[work.Kind]work.Entry {
	e := work.Entry{Do: s.deliver, GiveUp: s.undelivered}
	return map[work.Kind]work.Entry{notice.JobMail: e, notice.JobDigest: e, notice.JobWebhook: e}
}

func (s *System) deliver(ctx context.Context, j work.Job, now time.Time) error {
	p, err := s.Notice.Collect(ctx, j)
	if err != nil || p.Empty() {
		return err
	}
	switch {
	case p.Channel == notice.Webhook && s.outlets.hook != nil:
		l := s.outlets.site.Short(p.Notices[0])
		err = s.outlets.hook.Post(ctx, mail.Call{ID: p.Key, Kind: string(p.Notices[0].Kind), To: p.To, Text: l.Text}, now)
	case p.Channel == notice.Mail && s.outlets.mail != nil:
		l := s.outlets.site.Write(p.Notices)
		err = s.outlets.mail.Send(ctx, mail.Message{To: p.To, Subject: l.Subject, Text: l.Text, Link: l.Link, Key: p.Key})
	default:
		return work.Stop(fault.New(fault.Incapable, "notice.no_outlet", "本站没有设置发送的途径"))
	}
	if err != nil && mail.ClassOf(err) == mail.Permanent {
		return work.Stop(err)
	}
	if err != nil {
		return err
	}
	return s.Notice.Done(ctx, p)
}

// undelivered says on the desk that a notice could not leave the house. Whose address is wrong mends it there, so the job is
// forgotten; what the server or the settings were in the way of stays in sight of the administrator, who can have it tried
// again.
func (s *System) undelivered(ctx context.Context, j work.Job, cause error) (forget bool, err error) {
	if mail.ClassOf(cause) == mail.Permanent {
		return true, s.Notice.GiveUp(ctx, j, fault.Message(cause))
	}
	return false, s.Notice.PutDown(ctx, j, fault.Message(cause))
}
