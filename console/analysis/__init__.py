"""Pure judgements on records: no input or output, no clock of their own."""
