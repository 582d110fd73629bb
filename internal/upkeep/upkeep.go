// Package upkeep is what people do about background work: seeing it, having a failed job tried again, or giving it up.
package upkeep

import (
	"context"
	"errors"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/work"
)

// Tx is what the use cases need of one transaction.
type Tx interface {
	Jobs(ctx context.Context, limit int) ([]work.Job, error)
	Counts(ctx context.Context) ([]work.Count, error)
	Retry(ctx context.Context, id work.ID) error
	Drop(ctx context.Context, id work.ID) error
	Note(ctx context.Context, by account.Actor, n audit.Note) error
}

// Store runs functions in a transaction.
type Store interface {
	View(ctx context.Context, f func(Tx) error) error
	Update(ctx context.Context, f func(Tx) error) error
}

// Matter is what a job is about, in words, with the page of it; Link is "" where there is none.
type Matter struct{ Text, Link string }

// Service is the use cases of this package.
type Service struct {
	store Store
	wake  func()
	about func(ctx context.Context, by account.Actor, j work.Job) (Matter, error)
}

// NewService returns a service. wake is called after a job has become due.
func NewService(s Store, wake func()) *Service {
	return &Service{s, wake, func(context.Context, account.Actor, work.Job) (Matter, error) { return Matter{}, nil }}
}

// UseNames lets About say what jobs are about. f says it of one job for an actor; what the actor may not see is
// fault.NotFound.
func (s *Service) UseNames(f func(ctx context.Context, by account.Actor, j work.Job) (Matter, error)) {
	s.about = f
}

// About says what jobs are about, in words. Of those of which nothing can be said, or not to this actor, there is nothing.
func (s *Service) About(ctx context.Context, by account.Actor, list []work.Job) (map[work.ID]Matter, error) {
	out := map[work.ID]Matter{}
	for _, j := range list {
		m, err := s.about(ctx, by, j)
		if errors.Is(err, fault.NotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if m.Text != "" {
			out[j.ID] = m
		}
	}
	return out, nil
}

// most is how many jobs are listed: the failed ones come first.
const most = 200

func may(by account.Actor, p account.Perm) error {
	if by.CanAnywhere(p) || by.IsSystem() {
		return nil
	}
	return fault.New(fault.NotFound, "job.none", "没有这一页，或您没有处理后台任务的权限")
}

// Jobs lists jobs, failed ones first, and how many there are. Errors: fault.NotFound for who may not.
func (s *Service) Jobs(ctx context.Context, by account.Actor) (list []work.Job, counts []work.Count, err error) {
	if err := may(by, account.SeeJob); err != nil {
		return nil, nil, err
	}
	err = s.store.View(ctx, func(tx Tx) error {
		if list, err = tx.Jobs(ctx, most); err != nil {
			return err
		}
		counts, err = tx.Counts(ctx)
		return err
	})
	return list, counts, err
}

// Retry makes a failed job due again. Errors: fault.NotFound.
func (s *Service) Retry(ctx context.Context, by account.Actor, id work.ID) error {
	err := s.act(ctx, by, "job.retry", id, Tx.Retry)
	if err == nil {
		s.wake()
	}
	return err
}

// Drop gives a failed job up for good. Errors: fault.NotFound.
func (s *Service) Drop(ctx context.Context, by account.Actor, id work.ID) error {
	return s.act(ctx, by, "job.drop", id, Tx.Drop)
}

func (s *Service) act(ctx context.Context, by account.Actor, action string, id work.ID, do func(Tx, context.Context, work.ID) error) error {
	if err := may(by, account.ManageJob); err != nil {
		return err
	}
	return s.store.Update(ctx, func(tx Tx) error {
		if err := do(tx, ctx, id); err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: action, Subject: audit.Subject{Kind: "job", ID: string(id)}})
	})
}
