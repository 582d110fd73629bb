package access

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gongkai/gongkai/internal/account"
	"github.com/gongkai/gongkai/internal/audit"
	"github.com/gongkai/gongkai/internal/fault"
	"github.com/gongkai/gongkai/internal/signin"
)

// tokenPrefix begins every token of this program.
const tokenPrefix = "gk"

// longestToken is how long a token may hold.
const longestToken = 366 * 24 * time.Hour

// NewToken makes a token for a program that acts for its maker, with some of what the maker may do. It is shown once.
// Errors: fault.NotFound for who may not make tokens, fault.Usage for what is missing or too much.
func (s *Service) NewToken(ctx context.Context, by account.Actor, name string, scopes []account.Perm, expires time.Time) (token string, err error) {
	if !by.CanAnywhere(account.ManageToken) {
		return "", fault.New(fault.NotFound, "token.none", "没有这一页，或您没有管理接口令牌的权限")
	}
	name = strings.TrimSpace(name)
	switch {
	case name == "" || utf8.RuneCountInString(name) > 60:
		return "", fault.New(fault.Usage, "token.name", "请写明令牌给哪个系统用，最多 60 个字")
	case len(scopes) == 0:
		return "", fault.New(fault.Usage, "token.scopes", "请至少选一项权限")
	}
	for _, p := range scopes {
		if !by.CanAnywhere(p) {
			return "", fault.New(fault.Usage, "token.scopes", "不能给令牌自己没有的权限")
		}
	}
	err = s.store.Update(ctx, func(tx Tx) error {
		if !expires.After(tx.Now()) || expires.Sub(tx.Now()) > longestToken {
			return fault.New(fault.Usage, "token.expires", "有效期请填今天以后、一年以内的日期")
		}
		id, err := tx.NewID()
		if err != nil {
			return err
		}
		var digest string
		token, digest = signin.NewToken(tokenPrefix)
		t := Token{ID: id, Digest: digest, Person: by.Person, Name: name, Scopes: scopes, Created: tx.Now(), Expires: expires}
		if err := tx.AddToken(ctx, t); err != nil {
			return err
		}
		changes, err := audit.Diff(nil, t, nil)
		if err != nil {
			return err
		}
		return tx.Note(ctx, by, audit.Note{Action: "token.create", Subject: audit.Subject{Kind: "token", ID: id}, Changes: changes})
	})
	return token, err
}

// ByToken finds who acts with a token. Errors: fault.SignIn.
func (s *Service) ByToken(ctx context.Context, token string) (by account.Actor, err error) {
	digest, err := signin.ParseToken(tokenPrefix, token)
	if err != nil {
		return account.Actor{}, err
	}
	gone := fault.New(fault.SignIn, "token.gone", "这个令牌已经撤销、过期或不存在；请在“接口令牌”页重新生成")
	var t Token
	stale := false
	err = s.store.View(ctx, func(tx Tx) error {
		var ok bool
		t, ok, err = tx.TokenByDigest(ctx, digest)
		if err != nil {
			return err
		}
		if !ok || !t.Revoked.IsZero() || !tx.Now().Before(t.Expires) {
			return gone
		}
		stale = tx.Now().Sub(t.Used) > time.Hour
		by, err = tx.Actor(ctx, t.Person, "token "+t.ID)
		if errors.Is(err, fault.NotFound) {
			return gone // the account was closed
		}
		return err
	})
	if err != nil {
		return account.Actor{}, err
	}
	by.Grants = slices.DeleteFunc(by.Grants, func(g account.Grant) bool { return !slices.Contains(t.Scopes, g.Perm) })
	if stale {
		err = s.store.Update(ctx, func(tx Tx) error { return tx.UsedToken(ctx, t.ID) })
	}
	return by, err
}

// Tokens lists one's own tokens, the newest first.
func (s *Service) Tokens(ctx context.Context, by account.Actor) (out []Token, err error) {
	err = s.store.View(ctx, func(tx Tx) error {
		out, err = tx.Tokens(ctx, by.Person)
		return err
	})
	return out, err
}

// RevokeToken ends one of one's own tokens. Errors: fault.NotFound.
func (s *Service) RevokeToken(ctx context.Context, by account.Actor, id string) error {
	return s.store.Update(ctx, func(tx Tx) error {
		ok, err := tx.RevokeToken(ctx, by.Person, id)
		if err != nil {
			return err
		}
		if !ok {
			return fault.New(fault.NotFound, "token.gone", "这个令牌已经撤销或不存在")
		}
		return tx.Note(ctx, by, audit.Note{Action: "token.revoke", Subject: audit.Subject{Kind: "token", ID: id}})
	})
}
