package store

// skipLocked ends the inner query of Claim. SQLite has one writer at a time and needs nothing; PostgreSQL will need
// FOR UPDATE SKIP LOCKED.
const skipLocked = ""
