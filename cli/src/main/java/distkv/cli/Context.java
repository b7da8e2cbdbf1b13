package distkv.cli;

/** Everything that the options before the command's name and the files of the machine say. */
record Context(Terminal terminal, Config config, Printer printer, int verbosity) {}
