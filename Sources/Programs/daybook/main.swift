import Glibc

exit(Daybook.run(Array(CommandLine.arguments.dropFirst())))
