/** A container as a group of processes of this machine, which ends when its first process does or when this one does. */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Command } from './command.ts';
import { eachLine } from './lines.ts';
import { killGroup } from './process-register.ts';

export interface ContainerProcess {
  pid: number;
  /** SIGTERM, as Docker sends it, to the first process; SIGKILL to all of them after the timeout. May be repeated. */
  stop(timeoutSeconds: number): void;
  kill(): void;
}

export interface ProcessListener {
  line(line: string): void;
  /** All output has been told. */
  exited(exitCode: number): void;
}

/**
 * Waits on file descriptor 3, whose other end this process holds and never writes to: its end, by whatever death, is read
 * as end of file, and the whole group is killed. The detour through `( … & )` keeps the waiting shell from being a child
 * of the container's first process, which takes this shell's place.
 */
const wrapper = '( { read _ <&3; kill -KILL 0; } >/dev/null 2>&1 & ); exec "$@" 3<&-';

/** Rejects when the system cannot start a process at all. */
export function runContainer(
  command: Command,
  clock: Clock,
  tell: ProcessListener,
): Promise<ContainerProcess> {
  const { executable, args, directory, environment } = command;
  const child = spawn('/bin/sh', ['-c', wrapper, 'sh', executable, ...args], {
    cwd: directory,
    env: environment,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, stdout, stderr, lifeline] = child.stdio as unknown as [null, Readable, Readable, Writable];
  eachLine(stdout, tell.line);
  eachLine(stderr, tell.line);
  // The waiting shell may be gone before its end of the pipe is closed here.
  lifeline.on('error', () => {});

  let cancelKill = () => {};
  let cancelWait = () => {};
  child.on('exit', () => {
    cancelKill();
    // As in a container, nothing outlives the first process.
    lifeline.end();
    // What left the group may still hold the output open; it is not waited for.
    cancelWait = clock.after(1000, () => {
      stdout.destroy();
      stderr.destroy();
    });
  });
  child.on('close', (code, signal) => {
    cancelWait();
    tell.exited(code ?? 128 + constants.signals[signal ?? 'SIGKILL']);
  });

  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      const kill = () => {
        if (child.exitCode === null && child.signalCode === null) killGroup(pid);
      };
      resolve({
        pid,
        kill,
        stop(timeoutSeconds) {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.kill('SIGTERM');
          cancelKill();
          cancelKill = clock.after(timeoutSeconds * 1000, kill);
        },
      });
    });
  });
}
