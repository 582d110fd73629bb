package notice

import (
	"context"

	"github.com/gongkai/gongkai/internal/calendar"
	"github.com/gongkai/gongkai/internal/work"
)

// Parcel is what one job sends: one notice, or a morning's.
type Parcel struct {
	Channel    Channel
	To         string // the address or the number
	Key        string // the same for every attempt, so that a letter sent twice can be recognised
	Notices    []Notice
	Deliveries []Delivery
}

// Empty reports whether there is nothing to send.
func (p Parcel) Empty() bool { return len(p.Notices) == 0 }

// Collect returns what a job of this package has to send now. What was read on the desk meanwhile is not sent any more, nor
// what has no address: both are ended as Dropped. In the quiet hours, into which a second attempt may fall, nothing is to be
// sent, and another job is asked for at their end. A job that is done again after End finds nothing.
func (s *Service) Collect(ctx context.Context, j work.Job) (Parcel, error) {
	var out Parcel
	err := s.store.Update(ctx, func(tx Tx) error {
		out = Parcel{} // a transaction may run again
		list, err := waiting(ctx, tx, j)
		if err != nil || len(list) == 0 {
			return err
		}
		p, err := tx.Preference(ctx, list[0].To)
		if err != nil {
			return err
		}
		if p.Quiet.Holds(tx.Now()) {
			return tx.Enqueue(ctx, ask(j.Kind, j.Args, j.Agency, p.Quiet.Until(tx.Now())))
		}
		out, err = s.pack(ctx, tx, j, list)
		return err
	})
	return out, err
}

// waiting lists the deliveries that a job has to make.
func waiting(ctx context.Context, tx Tx, j work.Job) ([]Delivery, error) {
	switch j.Kind {
	case JobDigest:
		return tx.WaitingDigest(ctx, Person(j.Args), tx.Now())
	case JobWebhook:
		return tx.Waiting(ctx, ID(j.Args), Webhook)
	}
	return tx.Waiting(ctx, ID(j.Args), Mail)
}

// pack makes a parcel of what is still to be told.
func (s *Service) pack(ctx context.Context, tx Tx, j work.Job, list []Delivery) (Parcel, error) {
	c, err := s.contact(ctx, tx, list[0].To)
	if err != nil {
		return Parcel{}, err
	}
	p := Parcel{Channel: Mail, To: c.Mail, Key: string(j.Kind) + " " + j.Args}
	switch j.Kind {
	case JobWebhook:
		p.Channel, p.To = Webhook, c.Phone
	case JobDigest:
		p.Key += " " + calendar.On(tx.Now()).String()
	}
	for _, d := range list {
		n, err := tx.Notice(ctx, d.Notice)
		if err != nil {
			return Parcel{}, err
		}
		why := ""
		switch {
		case !n.ReadAt.IsZero():
			why = "已在工作台上看过"
		case p.To == "":
			why = "没有可用的地址"
		}
		if why == "" {
			p.Notices = append(p.Notices, n)
			p.Deliveries = append(p.Deliveries, d)
			continue
		}
		err = tx.EndDelivery(ctx, d, Dropped, why)
		if err != nil {
			return Parcel{}, err
		}
	}
	return p, nil
}

// Done keeps that a parcel was sent.
func (s *Service) Done(ctx context.Context, p Parcel) error {
	return s.store.Update(ctx, func(tx Tx) error { return end(ctx, tx, p.Deliveries, Sent, "") })
}

// GiveUp ends what a job had to send as Failed, and says so on the person's desk, once a day. why is for people, without the
// address.
func (s *Service) GiveUp(ctx context.Context, j work.Job, why string) error {
	return s.undelivered(ctx, j, why, func(tx Tx, list []Delivery) error { return end(ctx, tx, list, Failed, why) })
}

// PutDown says on the person's desk, once a day, that what a job had to send could not be delivered. It still waits: for the
// job to be tried again by hand, when the server or the settings have been seen to, or for the next morning mail.
func (s *Service) PutDown(ctx context.Context, j work.Job, why string) error {
	return s.undelivered(ctx, j, why, func(Tx, []Delivery) error { return nil })
}

func (s *Service) undelivered(ctx context.Context, j work.Job, why string, then func(Tx, []Delivery) error) error {
	return s.store.Update(ctx, func(tx Tx) error {
		list, err := waiting(ctx, tx, j)
		if err != nil || len(list) == 0 {
			return err
		}
		err = then(tx, list)
		if err != nil {
			return err
		}
		d := MailFailed{What: "邮件", Check: "邮箱", Reason: why}
		if list[0].Channel == Webhook {
			d.What, d.Check = "短信", "电话"
		}
		key := string(KindMailFailed) + " " + string(list[0].Channel) + " " + calendar.On(tx.Now()).String()
		_, err = s.TellIn(ctx, tx, list[0].To, d, About{Link: ListPath, Key: key})
		return err
	})
}

func end(ctx context.Context, tx Tx, list []Delivery, o Outcome, why string) error {
	for _, d := range list {
		err := tx.EndDelivery(ctx, d, o, why)
		if err != nil {
			return err
		}
	}
	return nil
}
