package tunnel

import "os/exec"

// On Windows a program is ended alone, not with what it started.

func ownGroup(*exec.Cmd) {}

func stopGroup(cmd *exec.Cmd) error { return cmd.Process.Kill() }

func killGroup(*exec.Cmd) {}
