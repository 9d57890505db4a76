"""`python -m shenguan.chaos`: the same as `shenguan chaos`."""

from shenguan.__main__ import main

if __name__ == "__main__":
    import sys

    main(["chaos", *sys.argv[1:]], prog_name="shenguan")
