// Package engine is creel without a face: everything that runs while it
// captures, wired together here and nowhere else. A screen, a command, a control
// socket or an agent opens an [Engine] and works with its parts.
//
// What the user wrote is read and checked by the caller, who passes it in a
// [Config]; the engine reads no flags, no environment and no configuration file.
// Nothing of it changes after [Open], except through the methods of its parts.
package engine
