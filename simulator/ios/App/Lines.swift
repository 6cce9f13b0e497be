// `stdout` is a variable in C, which only an import of that alone may forgive.
@preconcurrency import Glibc

func printLinesAtOnce() {
    setvbuf(stdout, nil, _IOLBF, 0)
}
