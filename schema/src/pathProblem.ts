// Why a path cannot be read or written, in words: what the operating system says by codes.

const reasons: Record<string, string> = {
  ENOENT: 'no such file or folder',
  EISDIR: 'a folder',
  ENOTDIR: 'a file in the place of its folder',
  EEXIST: 'a file of that name stands there',
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'a file system that may only be read',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
  ENAMETOOLONG: 'too long a name',
  ELOOP: 'links that go in a circle',
  EIO: 'the device fails',
}

/** Undefined for what is no error of the file system. */
export function pathProblem(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined
  return reasons[String(error.code)] ?? `error ${error.code}`
}
