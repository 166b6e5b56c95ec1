"""Starts the command line; nothing else."""

from console.commands import main

if __name__ == "__main__":
    main()
