// Command gongkai runs the work of government information disclosure: see README.md.
package main

func main() {}
