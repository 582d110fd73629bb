//go:build !linux && !darwin && !freebsd

package pgtest

import "errors"

func start(bool) (*server, error) {
	return nil, errors.New("pgtest: PostgreSQL is started for tests on Linux, macOS and FreeBSD only")
}
