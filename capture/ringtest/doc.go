// Package ringtest holds what every journal and every ring has to pass: the
// contract of [capture.Journal], and a model test that does at random what users
// and senders do and compares with a plain slice. It also has a fake journal,
// for tests of what stands on one.
package ringtest
