// Loaded before Keel: says on stderr how much memory the process ever had.
process.on('exit', () => process.stderr.write(`most memory ${process.resourceUsage().maxRSS} kB\n`));
