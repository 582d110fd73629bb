package mail

import "strings"

// Write writes a mail without sending it.
func Write(from string, m Message) (string, error) {
	s, err := New(Settings{Host: "x", TLS: NoTLS, From: from})
	if err != nil {
		return "", err
	}
	err = m.check()
	if err != nil {
		return "", err
	}
	msg, err := s.write(m)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	_, err = msg.WriteTo(&b)
	return b.String(), err
}
