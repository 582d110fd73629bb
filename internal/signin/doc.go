// Package signin proves who somebody is: passwords, one-time codes, tokens, and how often one may try. It keeps nothing
// and shows nothing: what has to be remembered (hashes, attempts, the last time step) is handed back to the caller, and
// the time is an argument. Who may do what is the business of package account.
//
// Graded protection (等级保护, GB/T 22239, not confirmed in the original) asks for proof of identity that is hard to forge and
// for an answer to failed attempts, and leaves the figures to the site: they are settings, with the defaults stated at each.
// Legal: 互联网政务应用安全管理规定 第十九条 (staff functions are open to certain addresses only).
package signin
