package process

import "os/exec"

// OwnGroup does nothing: on Windows a program is ended alone, not with what it
// started.
func OwnGroup(*exec.Cmd) {}

// Stop ends the program.
func Stop(cmd *exec.Cmd) error { return cmd.Process.Kill() }

// Kill does nothing: Stop killed it.
func Kill(*exec.Cmd) {}
